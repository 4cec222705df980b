// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_MOVECHECK_P_H
#define QTSOCKETIO_MOVECHECK_P_H

#include "base/logging_p.h"

#include <QtCore/qcoreevent.h>
#include <QtCore/qobject.h>

#include <functional>
#include <utility>

namespace EngineIo::detail {

// Logs a warning if its parent is moved to another thread after it has started its work: timers,
// sockets and I/O threads would not be moved with it, so it would silently stop working. Before
// that it can be moved, because all its parts are its children.
//
//     new MoveCheck(q, "before listen()", [this] { return isStarted(); });
class MoveCheck final : public QObject
{
public:
    // when: until when it may be moved.
    MoveCheck(QObject *parent, const char *when, std::function<bool()> hasBegun)
        : QObject(parent)
        , m_when(when)
        , m_hasBegun(std::move(hasBegun))
    {
    }

    bool event(QEvent *event) override
    {
        if (event->type() == QEvent::ThreadChange && !isPartOfAnother() && m_hasBegun())
            qCWarning(lcEngine,
                      "%s was moved to another thread after it has begun, and does not work any "
                      "more: make it in that thread, or move it %s",
                      parent()->metaObject()->className(), m_when);
        return QObject::event(event);
    }

private:
    // It has a separate check.
    bool isPartOfAnother() const
    {
        const QObject *owner = parent()->parent();
        const QMetaObject *type = owner ? owner->metaObject() : nullptr;
        while (type && !QByteArrayView(type->className()).startsWith("SocketIo::"))
            type = type->superClass();
        return type;
    }

    const char *const m_when;
    const std::function<bool()> m_hasBegun;
};

} // namespace EngineIo::detail

#endif
