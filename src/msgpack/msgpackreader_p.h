// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_MSGPACKREADER_P_H
#define SOCKETIO_MSGPACKREADER_P_H

#include "msgpack/msgpackglobal.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qvariant.h>

#include <optional>

namespace SocketIo::detail {

// Reads bytes that must be a single value, as written by notepack.io (2 and 3). Integers become
// qint64 (quint64 where they need it), other numbers double, nil and JavaScript's undefined a null
// pointer, binary data QByteArray, dates QDateTime. Nothing is allocated for sizes that the bytes
// merely claim.
class SOCKETIO_MSGPACK_AUTOTEST_EXPORT MsgPackReader
{
public:
    explicit MsgPackReader(int maxDepth)
        : m_maxDepth(maxDepth)
    {
    }

    std::optional<QVariant> read(const QByteArray &bytes);
    // Why read() has returned nothing.
    const QByteArray &errorString() const { return m_error; }

private:
    const int m_maxDepth;
    QByteArray m_error;
};

} // namespace SocketIo::detail

#endif
