// SPDX-License-Identifier: MIT
#ifndef LISTWINDOW_H
#define LISTWINDOW_H

#include "connectionnote.h"
#include "sharedlist.h"

#include <QtWidgets/qlabel.h>
#include <QtWidgets/qlistview.h>
#include <QtWidgets/qpushbutton.h>

// The list, a line to add to it, and what to do with a conflict.
class ListWindow : public QWidget
{
    Q_OBJECT

public:
    explicit ListWindow(const QUrl &url);

    SharedList *list() const { return m_list; }
    void showAddress(const QUrl &url);

private:
    void showState();

    SharedList *m_list;
    ConnectionNote m_note;
    QListView *m_view;
    QLabel *m_state;
    QPushButton *m_keep;
    QPushButton *m_take;
};

#endif
