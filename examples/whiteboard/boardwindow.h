// SPDX-License-Identifier: MIT
#ifndef BOARDWINDOW_H
#define BOARDWINDOW_H

#include <QtWidgets/qlabel.h>
#include <QtWidgets/qlistwidget.h>
#include <QtWidgets/qmainwindow.h>
#include <QtWidgets/qtoolbar.h>

QT_BEGIN_NAMESPACE
class QBoxLayout;
class QVBoxLayout;
QT_END_NAMESPACE

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
    void showAddress(const QUrl &url);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void createTools();
    QAction *addTool(const QString &name, const QIcon &icon, const QKeySequence &keys);
    void arrange();
    void orderTabs();
    void showPeople();
    void showState();

    BoardClient *m_board;
    Canvas *m_canvas;
    QListWidget *m_people;
    QToolBar *m_tools = nullptr;
    QAction *m_undo = nullptr;
    QLabel *m_state;
    QBoxLayout *m_middle;  // the canvas and the people
    QVBoxLayout *m_footer; // the state and the address
};

#endif
