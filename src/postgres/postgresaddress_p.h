// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_POSTGRESADDRESS_P_H
#define SOCKETIO_POSTGRESADDRESS_P_H

#include <SocketIo/postgresglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qmap.h>
#include <QtCore/qobject.h>
#include <QtCore/qurl.h>

#include <functional>

namespace SocketIo::detail {

// Finds the parameters of a connection, with the addresses of its hosts. libpq would look up the
// addresses itself, but blocks while it does.
class SOCKETIO_POSTGRES_AUTOTEST_EXPORT PostgresAddress : public QObject
{
public:
    using Parameters = QMap<QByteArray, QByteArray>;
    // Takes the parameters or, if they could not be found, an error.
    using Found = std::function<void(const Parameters &parameters, const QString &error)>;

    // Returns the server's address for log messages, without the password.
    static QString text(const QUrl &url);
    // Calls found() once, later, unless this object is destroyed first.
    PostgresAddress(const QUrl &url, const Found &found);

private:
    struct Host
    {
        QByteArray name;
        QByteArray port;
        QList<QByteArray> addresses; // empty for a Unix domain socket
    };

    void lookUp();
    void complete();

    Parameters m_parameters;
    QList<Host> m_hosts;
    QString m_error;
    int m_missing = 0;
    Found m_found;
};

} // namespace SocketIo::detail

#endif
