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

// Writes values as notepack.io does: integers, and other numbers without a fraction, in their
// shortest form, further numbers with 64 bits, QByteArray as bin, and dates as extensions.
class SOCKETIO_MSGPACK_AUTOTEST_EXPORT MsgPackWriter
{
public:
    // How a date is written.
    enum class Dates {
        Notepack2, // milliseconds as an extension of type 0: socket.io-msgpack-parser
        Timestamp, // MessagePack's own timestamp: notepack.io 3, the Redis adapters
    };

    struct Findings
    {
        QList<QByteArray> lost; // the names of the types whose values could not be written
        bool isTooLarge = false;
    };

    MsgPackWriter(int maxDepth, Dates dates,
                  qsizetype maxSize = std::numeric_limits<qsizetype>::max())
        : m_maxDepth(maxDepth)
        , m_dates(dates)
        , m_maxSize(maxSize)
    {
    }

    // Returns nothing if the value is nested more deeply than maxDepth, or takes more than maxSize
    // bytes.
    std::optional<QByteArray> write(const QVariant &value, Findings *findings = nullptr) const;

private:
    const int m_maxDepth;
    const Dates m_dates;
    const qsizetype m_maxSize;
};

} // namespace SocketIo::detail

#endif
