// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_TEXTWRITER_P_H
#define QTSOCKETIO_TEXTWRITER_P_H

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <charconv>
#include <cstring>
#include <utility>

namespace EngineIo::detail {

// Writes text and numbers into a byte array whose size is estimated before, since QByteArray's
// append() takes several times as long for short pieces.
class TextWriter
{
public:
    // All that is added must fit into this size.
    explicit TextWriter(qsizetype size)
        : m_bytes(size, Qt::Uninitialized)
        , m_at(m_bytes.data())
    {
    }

    static constexpr qsizetype MaxNumberSize = 20; // characters

    TextWriter &add(QByteArrayView text)
    {
        Q_ASSERT(text.size() <= left());
        if (!text.isEmpty())
            std::memcpy(m_at, text.data(), size_t(text.size()));
        m_at += text.size();
        return *this;
    }
    TextWriter &add(qint64 number)
    {
        m_at = std::to_chars(m_at, m_at + left(), number).ptr;
        return *this;
    }
    QByteArray take()
    {
        m_bytes.truncate(m_at - m_bytes.constData());
        return std::move(m_bytes);
    }

private:
    qsizetype left() const { return m_bytes.constData() + m_bytes.size() - m_at; }

    QByteArray m_bytes;
    char *m_at;
};

} // namespace EngineIo::detail

#endif
