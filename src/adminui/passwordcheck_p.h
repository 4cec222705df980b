// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_PASSWORDCHECK_P_H
#define SOCKETIO_PASSWORDCHECK_P_H

#include <SocketIo/adminuiglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qobject.h>
#include <QtCore/qthreadpool.h>

#include <functional>

namespace SocketIo::detail {

// Compares passwords with a bcrypt hash. bcrypt takes a tenth of a second on purpose, so this is
// done in a separate thread, for one client at a time.
class SOCKETIO_ADMINUI_AUTOTEST_EXPORT PasswordCheck : public QObject
{
public:
    using Done = std::function<void(bool matches)>;

    PasswordCheck(const QByteArray &hash, int maxWaiting);
    ~PasswordCheck() override;

    static bool isAvailable();
    static bool isBcryptHash(const QByteArray &hash);
    static bool matches(const QByteArray &password, const QByteArray &hash);

    // done is called later, in this object's thread. Returns false if too many wait already.
    bool start(const QByteArray &password, const Done &done);

private:
    const QByteArray m_hash;
    const int m_maxWaiting;
    int m_waiting = 0;
    QThreadPool m_thread;
};

} // namespace SocketIo::detail

#endif
