// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_SESSIONROUTER_P_H
#define ENGINEIO_SESSIONROUTER_P_H

#include "net/stream/descriptor_p.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

namespace EngineIo::detail {

// Knows which sessions belong to other processes that serve the same port. Called in the I/O
// threads.
class SessionRouter
{
public:
    virtual ~SessionRouter() = default;

    // What the ids of this process's sessions begin with. Always the same.
    virtual QString idPrefix() const = 0;
    // Whether a session that is unknown here belongs to another process.
    virtual bool isElsewhere(const QString &id) const = 0;
    // Takes over a connection that is for such a session, with what has been read from it.
    virtual void take(Descriptor descriptor, const QByteArray &bytes) = 0;
};

} // namespace EngineIo::detail

#endif
