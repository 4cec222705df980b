// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ACKEXCEPTION_H
#define SOCKETIO_ACKEXCEPTION_H

#include <SocketIo/error.h>
#include <SocketIo/socketioglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qexception.h>

namespace SocketIo {

// What PendingAck::future() fails with.
class SOCKETIO_EXPORT AckException final : public QException
{
public:
    explicit AckException(const Error &error);
    ~AckException() override;

    const Error &error() const noexcept { return m_error; }
    const char *what() const noexcept override;
    void raise() const override;
    AckException *clone() const override;

private:
    Error m_error;
    QByteArray m_what;
};

} // namespace SocketIo

#endif
