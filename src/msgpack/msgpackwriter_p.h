// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_MSGPACKWRITER_P_H
#define SOCKETIO_MSGPACKWRITER_P_H

#include "msgpack/msgpackglobal.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qvariant.h>

#include <limits>
#include <optional>

namespace SocketIo::detail {

// Writes values as notepack.io does: the shortest form of an integer, also for a number without a
// fraction, 64 bits for any other number, bin for QByteArray, a date as an extension.
class SOCKETIO_MSGPACK_AUTOTEST_EXPORT MsgPackWriter
{
public:
    // What a date becomes.
    enum class Dates {
        Notepack2, // milliseconds as an extension of type 0: socket.io-msgpack-parser
        Timestamp, // MessagePack's own timestamp: notepack.io 3, the Redis adapters
    };

    struct Findings
    {
        QList<QByteArray>
            lost; // the names of types of which there were values that it cannot write
        bool isTooLarge = false;
    };

    MsgPackWriter(int maxDepth, Dates dates,
                  qsizetype maxSize = std::numeric_limits<qsizetype>::max())
        : m_maxDepth(maxDepth)
        , m_dates(dates)
        , m_maxSize(maxSize)
    {
    }

    // Nothing if the value is nested more deeply than maxDepth, or has more than maxSize bytes.
    std::optional<QByteArray> write(const QVariant &value, Findings *findings = nullptr) const;

private:
    const int m_maxDepth;
    const Dates m_dates;
    const qsizetype m_maxSize;
};

} // namespace SocketIo::detail

#endif
