// SPDX-License-Identifier: MIT
#include "listwindow.h"

#include "widgetparts.h"

#include <QtWidgets/qboxlayout.h>
#include <QtWidgets/qlineedit.h>
#include <QtWidgets/qstyleditemdelegate.h>

using namespace Qt::StringLiterals;

namespace {

// Makes the boxes visible in dark windows too, and what has not been taken stand out.
class ItemDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        QPalette &palette = option->palette;
        const bool isDark = palette.color(QPalette::Base).lightness() < 128;
        // The style makes the line around a box of this colour.
        palette.setColor(QPalette::Window, palette.color(QPalette::Text));
        if (index.data(SharedList::ProblemRole).toBool())
            palette.setColor(QPalette::Text,
                             isDark ? QColor(0xf2, 0xb5, 0xa9) : QColor(0xc0, 0x39, 0x2b));
    }
};

} // namespace

ListWindow::ListWindow(const QUrl &url)
    : m_list(new SharedList(url, this))
    , m_note(m_list->socket())
    , m_view(new QListView)
    , m_state(new QLabel)
    , m_keep(new QPushButton(tr("Keep mine")))
    , m_take(new QPushButton(tr("Take theirs")))
{
    setWindowTitle(tr("Shared list"));
    resize(420, 480);
    auto *input = new QLineEdit;
    input->setObjectName(u"input"_s);
    input->setPlaceholderText(tr("Add to the list"));
    input->setAccessibleName(tr("New item"));
    m_state->setObjectName(u"state"_s);
    m_state->setWordWrap(true);
    m_keep->setObjectName(u"keep"_s);
    m_take->setObjectName(u"take"_s);
    m_view->setModel(m_list);
    m_view->setItemDelegate(new ItemDelegate(m_view));
    m_view->setWordWrap(true);
    m_view->setSpacing(3);
    m_view->setAccessibleName(tr("Items"));
    new EmptyText(m_view, tr("The list is empty. Add something below."));

    auto *layout = new QVBoxLayout(this);
    layout->addWidget(m_view);
    layout->addWidget(input);
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_keep);
    buttons->addWidget(m_take);
    layout->addLayout(buttons);
    layout->addWidget(m_state);

    connect(input, &QLineEdit::returnPressed, this, [this, input] {
        if (const QString text = input->text().trimmed(); !text.isEmpty())
            m_list->add(text);
        input->clear();
    });
    const auto resolve = [this](SharedList::Resolution resolution) {
        m_list->resolve(m_view->currentIndex().row(), resolution);
    };
    connect(m_keep, &QPushButton::clicked, this,
            [resolve] { resolve(SharedList::Resolution::KeepMine); });
    connect(m_take, &QPushButton::clicked, this,
            [resolve] { resolve(SharedList::Resolution::TakeTheirs); });
    connect(m_list, &SharedList::stateChanged, this, &ListWindow::showState);
    connect(&m_note, &ConnectionNote::changed, this, &ListWindow::showState);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &ListWindow::showState);
    input->setFocus();
    showState();
}

void ListWindow::showAddress(const QUrl &url)
{
    layout()->addWidget(new JoinAddress(url));
}

void ListWindow::showState()
{
    const int waiting = m_list->waitingCount();
    QString text = m_list->socket()->isConnected() ? tr("Online.") : m_note.text();
    if (waiting == 1)
        text += u' ' + tr("1 change to be sent or resolved.");
    else if (waiting > 1)
        text += u' ' + tr("%1 changes to be sent or resolved.").arg(waiting);
    m_state->setText(text);
    const bool conflict = m_list->isInConflict(m_view->currentIndex().row());
    m_keep->setEnabled(conflict);
    m_take->setEnabled(conflict);
}
