// SPDX-License-Identifier: MIT
#ifndef BOARDWINDOW_H
#define BOARDWINDOW_H

#include <QtWidgets/qlabel.h>
#include <QtWidgets/qlistwidget.h>
#include <QtWidgets/qmainwindow.h>

class BoardClient;
class Canvas;

// The board, the tools to draw with, and who else is there.
class BoardWindow : public QMainWindow
{
    Q_OBJECT

public:
    explicit BoardWindow(BoardClient *board); // takes the board

    Canvas *canvas() const { return m_canvas; }
    // Shows where others can join, with a button to copy it.
    void showAddress(const QString &url);

private:
    void createTools();
    void showPeople();
    void showState();

    BoardClient *m_board;
    Canvas *m_canvas;
    QListWidget *m_people;
    QAction *m_undo;
    QLabel *m_state;
};

#endif
