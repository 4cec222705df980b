// SPDX-License-Identifier: MIT
#include "boardwindow.h"

#include "boardclient.h"
#include "canvas.h"
#include "widgetparts.h"

#include <QtGui/qactiongroup.h>
#include <QtGui/qpainter.h>
#include <QtWidgets/qboxlayout.h>

using namespace Qt::StringLiterals;

namespace {

// With a ring around it while it is the one in use. The gray is seen on light and on dark.
QIcon dot(const QColor &color, double diameter)
{
    QIcon icon;
    for (const QIcon::State state : {QIcon::Off, QIcon::On}) {
        for (const int scale : {1, 2, 3}) { // sharp on each screen
            QPixmap pixmap(24 * scale, 24 * scale);
            pixmap.setDevicePixelRatio(scale);
            pixmap.fill(Qt::transparent);
            QPainter painter(&pixmap);
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setPen(QPen(Qt::darkGray, 1));
            painter.setBrush(color);
            painter.drawEllipse(QPointF(12, 12), diameter / 2, diameter / 2);
            if (state == QIcon::On) {
                painter.setPen(QPen(Qt::darkGray, 2));
                painter.setBrush(Qt::NoBrush);
                painter.drawEllipse(QPointF(12, 12), 11, 11);
            }
            painter.end();
            icon.addPixmap(pixmap, QIcon::Normal, state);
        }
    }
    return icon;
}

constexpr int NarrowWidth = 560;
constexpr int PeopleWidth = 150;

struct ColorName
{
    const char *color;
    const char *name;
};

} // namespace

BoardWindow::BoardWindow(BoardClient *board)
    : m_board(board)
    , m_canvas(new Canvas(board))
    , m_people(new QListWidget)
    , m_state(new QLabel)
    , m_middle(new QBoxLayout(QBoxLayout::LeftToRight))
    , m_footer(new QVBoxLayout)
{
    board->setParent(this);
    setWindowTitle(tr("%1 - whiteboard").arg(board->room()));
    m_people->setObjectName(u"people"_s);
    m_people->setAccessibleName(tr("People"));
    m_people->setFrameShape(QFrame::NoFrame);
    new EmptyText(m_people, tr("Nobody"));
    m_state->setObjectName(u"state"_s);
    m_state->setWordWrap(true);
    m_state->setTextFormat(Qt::PlainText); // may come from the server
    m_middle->addWidget(m_canvas, 1);
    m_middle->addWidget(m_people);
    m_footer->setContentsMargins(8, 4, 8, 4);
    m_footer->addWidget(m_state);
    auto *page = new QWidget;
    auto *rows = new QVBoxLayout(page);
    rows->setContentsMargins({});
    rows->setSpacing(0);
    rows->addLayout(m_middle, 1);
    rows->addLayout(m_footer);
    setCentralWidget(page);
    createTools();
    arrange();
    orderTabs();

    connect(board, &BoardClient::peopleChanged, this, &BoardWindow::showPeople);
    connect(board, &BoardClient::stateChanged, this, &BoardWindow::showState);
    showState();
}

void BoardWindow::showAddress(const QUrl &url)
{
    m_footer->addWidget(new JoinAddress(url));
    orderTabs();
}

void BoardWindow::createTools()
{
    m_tools = addToolBar(tr("Tools"));
    m_tools->setMovable(false);
    auto *colors = new QActionGroup(this);
    int key = Qt::Key_1;
    for (const auto &[name, text] :
         {ColorName{"#2e4057", QT_TR_NOOP("Blue")}, ColorName{"#d1495b", QT_TR_NOOP("Red")},
          ColorName{"#00798c", QT_TR_NOOP("Teal")}, ColorName{"#edae49", QT_TR_NOOP("Yellow")},
          ColorName{"#66a182", QT_TR_NOOP("Green")}}) {
        const QColor color = QLatin1StringView(name);
        QAction *action = addTool(tr(text), dot(color, 16), QKeySequence(key++));
        action->setCheckable(true);
        action->setChecked(color == m_canvas->color());
        colors->addAction(action);
        connect(action, &QAction::triggered, m_canvas,
                [this, color] { m_canvas->setColor(color); });
    }
    m_tools->addSeparator();
    auto *widths = new QActionGroup(this);
    for (const int width : {4, 10, 24}) {
        QAction *action = addTool(tr("Width %1").arg(width), dot(Qt::darkGray, width / 2.0 + 4),
                                  QKeySequence(key++));
        action->setCheckable(true);
        action->setChecked(width == int(m_canvas->penWidth()));
        widths->addAction(action);
        connect(action, &QAction::triggered, m_canvas,
                [this, width] { m_canvas->setPenWidth(width); });
    }
    m_tools->addSeparator();
    m_undo = addTool(tr("Undo"), {}, QKeySequence::Undo);
    connect(m_undo, &QAction::triggered, m_board, &BoardClient::undo);
    auto *quit = new QAction(tr("Quit"), this);
    quit->setShortcut(Qt::CTRL | Qt::Key_Q);
    connect(quit, &QAction::triggered, this, &QWidget::close);
    addAction(quit);
}

QAction *BoardWindow::addTool(const QString &name, const QIcon &icon, const QKeySequence &keys)
{
    QAction *action = m_tools->addAction(icon, name);
    action->setShortcut(keys);
    action->setToolTip(tr("%1 (%2)").arg(name, keys.toString(QKeySequence::NativeText)));
    QWidget *button = m_tools->widgetForAction(action);
    button->setObjectName(name);
    button->setFocusPolicy(Qt::StrongFocus); // a tool bar's buttons have none
    return action;
}

void BoardWindow::resizeEvent(QResizeEvent *event)
{
    QMainWindow::resizeEvent(event);
    arrange();
}

// In a narrow window the people stand below the canvas.
void BoardWindow::arrange()
{
    const bool isNarrow = width() < NarrowWidth;
    m_middle->setDirection(isNarrow ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    m_people->setFlow(isNarrow ? QListView::LeftToRight : QListView::TopToBottom);
    m_people->setWrapping(isNarrow);
    m_people->setMaximumSize(isNarrow ? QSize(QWIDGETSIZE_MAX, 64)
                                      : QSize(PeopleWidth, QWIDGETSIZE_MAX));
    m_people->setMinimumWidth(isNarrow ? 0 : PeopleWidth);
}

// From the top to the bottom, as one sees them.
void BoardWindow::orderTabs()
{
    QWidget *last = nullptr;
    const auto append = [&last](QWidget *widget) {
        if (last)
            QWidget::setTabOrder(last, widget);
        last = widget;
    };
    const QList<QAction *> tools = m_tools->actions();
    for (const QAction *action : tools) {
        if (!action->isSeparator())
            append(m_tools->widgetForAction(const_cast<QAction *>(action)));
    }
    append(m_people);
    if (auto *copy = findChild<QWidget *>(u"copy"_s))
        append(copy);
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
    if (m_board->isOnline()) {
        m_state->setText(m_board->notice().isEmpty() ? tr("Online") : m_board->notice());
        return;
    }
    QString text = m_board->whyOffline();
    if (unsent == 1)
        text += u' ' + tr("1 stroke is not sent yet.");
    else if (unsent > 1)
        text += u' ' + tr("%1 strokes are not sent yet.").arg(unsent);
    m_state->setText(text);
}
