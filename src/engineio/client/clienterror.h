// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_CLIENTERROR_H
#define ENGINEIO_CLIENTERROR_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qmetatype.h>
#include <QtCore/qobjectdefs.h>
#include <QtCore/qstring.h>

namespace EngineIo {

// Why a client's connection failed or ended.
class ENGINEIO_EXPORT ClientError
{
    Q_GADGET
    Q_PROPERTY(Type type READ type)
    Q_PROPERTY(QString message READ message)
    Q_PROPERTY(QString description READ description)
    Q_PROPERTY(int httpStatus READ httpStatus)
    Q_PROPERTY(QByteArray httpBody READ httpBody)
    Q_PROPERTY(int closeCode READ closeCode)
    Q_PROPERTY(QString hint READ hint)

public:
    enum class Type {
        NoError,
        NoTransport,   // there is no transport to connect with
        Network,       // no connection can be made, or it broke
        Http,          // a request was answered with another status than 200
        Protocol,      // the server broke the protocol
        MessageTooBig, // for the side that got it
    };
    Q_ENUM(Type)

    ClientError() = default;
    ClientError(Type type, const QString &message, const QString &description = {})
        : m_type(type)
        , m_message(message)
        , m_description(description)
    {
    }

    Type type() const noexcept { return m_type; }
    const QString &message() const noexcept { return m_message; }
    const QString &description() const noexcept { return m_description; }
    bool isError() const noexcept { return m_type != Type::NoError; }

    int httpStatus() const noexcept { return m_httpStatus; } // 0: none
    const QByteArray &httpBody() const noexcept { return m_httpBody; }
    void setHttpAnswer(int status, const QByteArray &body);
    int closeCode() const noexcept { return m_closeCode; } // of the WebSocket; 0: none
    void setCloseCode(int code);
    const QString &hint() const noexcept { return m_hint; } // what may help
    void setHint(const QString &hint) { m_hint = hint; }

    QString text() const;

private:
    Type m_type = Type::NoError;
    QString m_message;
    QString m_description;
    QString m_hint;
    QByteArray m_httpBody;
    int m_httpStatus = 0;
    int m_closeCode = 0;
};

} // namespace EngineIo

Q_DECLARE_METATYPE(EngineIo::ClientError)

#endif
