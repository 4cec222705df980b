// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_MESSAGE_H
#define ENGINEIO_MESSAGE_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qmetatype.h>
#include <QtCore/qstring.h>

namespace EngineIo {

// A message of a session: text (stored as UTF-8) or binary data.
class Message
{
public:
    Message() = default;
    static Message fromText(const QString &text) { return {text.toUtf8(), false}; }
    static Message fromUtf8(const QByteArray &utf8) { return {utf8, false}; }
    static Message fromBinary(const QByteArray &bytes) { return {bytes, true}; }

    bool isBinary() const noexcept { return m_binary; }
    const QByteArray &bytes() const noexcept { return m_bytes; }
    ENGINEIO_EXPORT QString text() const;

    friend bool operator==(const Message &a, const Message &b)
    {
        return a.m_binary == b.m_binary && a.m_bytes == b.m_bytes;
    }

private:
    Message(const QByteArray &bytes, bool binary)
        : m_bytes(bytes)
        , m_binary(binary)
    {
    }

    QByteArray m_bytes;
    bool m_binary = false;
};

} // namespace EngineIo

Q_DECLARE_METATYPE(EngineIo::Message)

#endif
