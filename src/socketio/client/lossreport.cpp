// SPDX-License-Identifier: MIT
#include "socketio/client/lossreport_p.h"

#include "socketio/client/clienterrors_p.h"
#include "socketio/events/errortext_p.h"

#include <QtCore/qregularexpression.h>

#include <utility>

namespace SocketIo::detail {

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

// The same event has another number each time it is sent.
static QString kindOf(const Error &details)
{
    static const QRegularExpression digits(u"[0-9]+"_s);
    return isTooBig(details) ? QString(details.message()).remove(digits) : u"protocol"_s;
}

LossReport::LossReport(QObject *parent, Warn warn)
    : m_warn(std::move(warn))
    , m_timer(parent)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(1min);
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { tellRepetitions(); });
}

void LossReport::add(const Error &details)
{
    const QString kind = kindOf(details);
    if (m_timer.isActive() && kind == m_kind) {
        m_repeated = details;
        ++m_count;
        return;
    }
    tellRepetitions();
    m_kind = kind;
    m_timer.start();
    m_warn(withHint(details));
}

void LossReport::tellRepetitions()
{
    const int count = std::exchange(m_count, 0);
    if (count == 0)
        return;
    m_timer.start();
    m_warn((count == 1 ? u"once more: "_s : u"%1 times more: "_s.arg(count))
           + withHint(m_repeated));
}

} // namespace SocketIo::detail
