// SPDX-License-Identifier: MIT
#include "boardwindow.h"

#include "boardclient.h"
#include "canvas.h"
#include "widgetparts.h"

#include <QtGui/qactiongroup.h>
#include <QtGui/qpainter.h>
#include <QtWidgets/qboxlayout.h>
#include <QtWidgets/qstatusbar.h>
#include <QtWidgets/qtoolbar.h>

using namespace Qt::StringLiterals;

namespace {

QIcon dot(const QColor &color, double diameter)
{
    QIcon icon;
    for (const int scale : {1, 2, 3}) { // sharp on each screen
        QPixmap pixmap(24 * scale, 24 * scale);
        pixmap.setDevicePixelRatio(scale);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawEllipse(QPointF(12, 12), diameter / 2, diameter / 2);
        painter.end();
        icon.addPixmap(pixmap);
    }
    return icon;
}

} // namespace

BoardWindow::BoardWindow(BoardClient *board)
    : m_board(board)
    , m_canvas(new Canvas(board))
    , m_people(new QListWidget)
    , m_state(new QLabel)
{
    board->setParent(this);
    setWindowTitle(tr("%1 - whiteboard").arg(board->room()));
    auto *middle = new QWidget;
    auto *columns = new QHBoxLayout(middle);
    columns->setContentsMargins({});
    columns->addWidget(m_canvas, 1);
    columns->addWidget(m_people);
    m_people->setObjectName(u"people"_s);
    m_people->setFixedWidth(150);
    m_people->setFrameShape(QFrame::NoFrame);
    m_people->setFocusPolicy(Qt::NoFocus);
    setCentralWidget(middle);
    m_state->setObjectName(u"state"_s);
    statusBar()->addWidget(m_state);
    createTools();

    connect(board, &BoardClient::peopleChanged, this, &BoardWindow::showPeople);
    connect(board, &BoardClient::stateChanged, this, &BoardWindow::showState);
    connect(board, &BoardClient::refused, m_state, &QLabel::setText);
    showState();
}

void BoardWindow::showAddress(const QString &url)
{
    statusBar()->addPermanentWidget(new JoinAddress(url));
}

void BoardWindow::createTools()
{
    QToolBar *tools = addToolBar(tr("Tools"));
    tools->setMovable(false);
    auto *colors = new QActionGroup(this);
    for (const char *name : {"#2e4057", "#d1495b", "#00798c", "#edae49", "#66a182"}) {
        const QColor color = QLatin1StringView(name);
        QAction *action = tools->addAction(dot(color, 18), tr("Color %1").arg(color.name()));
        action->setCheckable(true);
        action->setChecked(color == m_canvas->color());
        colors->addAction(action);
        connect(action, &QAction::triggered, m_canvas,
                [this, color] { m_canvas->setColor(color); });
    }
    tools->addSeparator();
    auto *widths = new QActionGroup(this);
    for (const int width : {4, 10, 24}) {
        QAction *action =
            tools->addAction(dot(Qt::darkGray, width / 2.0 + 4), tr("Width %1").arg(width));
        action->setCheckable(true);
        action->setChecked(width == int(m_canvas->penWidth()));
        widths->addAction(action);
        connect(action, &QAction::triggered, m_canvas,
                [this, width] { m_canvas->setPenWidth(width); });
    }
    tools->addSeparator();
    m_undo = tools->addAction(tr("Undo"), QKeySequence::Undo, m_board, &BoardClient::undo);
}

void BoardWindow::showPeople()
{
    m_people->clear();
    const QList<Person> people = m_board->people();
    for (const Person &person : people) {
        const bool isSelf = person.id == m_board->self().id;
        new QListWidgetItem(dot(QColor(person.color), 12),
                            isSelf ? tr("%1 (you)").arg(person.name) : person.name, m_people);
    }
}

void BoardWindow::showState()
{
    m_undo->setEnabled(m_board->canUndo());
    const qsizetype unsent = m_board->unsentCount();
    if (m_board->isOnline())
        m_state->setText(m_board->notice().isEmpty() ? tr("Online") : m_board->notice());
    else if (unsent == 1)
        m_state->setText(tr("Offline: 1 stroke will be sent"));
    else if (unsent > 1)
        m_state->setText(tr("Offline: %1 strokes will be sent").arg(unsent));
    else
        m_state->setText(tr("Offline: connecting"));
}
