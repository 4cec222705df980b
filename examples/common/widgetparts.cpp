// SPDX-License-Identifier: MIT
#include "widgetparts.h"

#include "joinurl.h"

#include <QtGui/qclipboard.h>
#include <QtGui/qevent.h>
#include <QtGui/qguiapplication.h>
#include <QtGui/qpainter.h>
#include <QtWidgets/qabstractitemview.h>
#include <QtWidgets/qboxlayout.h>
#include <QtWidgets/qlabel.h>
#include <QtWidgets/qpushbutton.h>

using namespace Qt::StringLiterals;

EmptyText::EmptyText(QAbstractItemView *view, const QString &text)
    : QObject(view)
    , m_view(view)
    , m_text(text)
{
    view->setAccessibleDescription(text);
    view->viewport()->installEventFilter(this);
}

bool EmptyText::eventFilter(QObject *viewport, QEvent *event)
{
    if (event->type() == QEvent::Paint) {
        auto *widget = static_cast<QWidget *>(viewport);
        QPainter painter(widget);
        if (m_view->hasFocus()) {
            painter.setPen(QPen(widget->palette().color(QPalette::Highlight), 2));
            painter.drawRect(widget->rect().adjusted(1, 1, -1, -1));
        }
        const QAbstractItemModel *model = m_view->model();
        if (!model || model->rowCount() == 0) {
            painter.setPen(widget->palette().color(QPalette::Text));
            painter.drawText(widget->rect().adjusted(16, 16, -16, -16),
                             Qt::AlignCenter | Qt::TextWordWrap, m_text);
        }
    }
    return QObject::eventFilter(viewport, event);
}

JoinAddress::JoinAddress(const QUrl &url, QWidget *parent)
    : QWidget(parent)
{
    const QString text = url.toString();
    auto *caption =
        new QLabel(isLoopback(url) ? tr("Join from this computer only:") : tr("Others join at"));
    caption->setObjectName(u"caption"_s);
    caption->setWordWrap(true);
    caption->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    auto *address = new QLabel(text);
    address->setObjectName(u"address"_s);
    address->setTextFormat(Qt::PlainText);
    address->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto *copy = new QPushButton(tr("Copy"));
    copy->setObjectName(u"copy"_s);
    copy->setAccessibleName(tr("Copy the address"));
    connect(copy, &QPushButton::clicked, this,
            [text] { QGuiApplication::clipboard()->setText(text); });
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(caption, 1);
    layout->addWidget(address);
    layout->addWidget(copy);
}
