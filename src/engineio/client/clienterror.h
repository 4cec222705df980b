// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_CLIENTERROR_H
#define ENGINEIO_CLIENTERROR_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qmetatype.h>
#include <QtCore/qobjectdefs.h>
#include <QtCore/qshareddata.h>
#include <QtCore/qstring.h>

namespace EngineIo {

namespace detail {
class ClientErrorWriter;
}
class ClientErrorData;

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

    ClientError();
    ClientError(Type type, const QString &message, const QString &description = {});
    ClientError(const ClientError &other);
    ClientError(ClientError &&other) noexcept;
    ClientError &operator=(const ClientError &other);
    ClientError &operator=(ClientError &&other) noexcept;
    ~ClientError();

    Type type() const;
    QString message() const;
    QString description() const;
    bool isError() const;

    int httpStatus() const; // 0: none
    QByteArray httpBody() const;
    int closeCode() const; // of the WebSocket; 0: none
    QString hint() const;  // what may help

    QString text() const;

private:
    friend class detail::ClientErrorWriter;

    QSharedDataPointer<ClientErrorData> d; // null: no error
};

} // namespace EngineIo

Q_DECLARE_METATYPE(EngineIo::ClientError)

#endif
