// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_ADDRESSTEXT_P_H
#define QTSOCKETIO_ADDRESSTEXT_P_H

#include <QtNetwork/qhostaddress.h>

namespace EngineIo::detail {

// A host as it stands in front of a port: an IPv6 address in brackets.
inline QString hostText(const QString &host)
{
    const bool brackets = host.contains(u':') && !host.startsWith(u'[');
    return brackets ? u'[' + host + u']' : host;
}

// A host and a port as messages name them: localhost:3000, 127.0.0.1:3000, [::1]:3000.
inline QString addressText(const QString &host, int port)
{
    return hostText(host) + u':' + QString::number(port);
}

inline QString addressText(const QHostAddress &address, quint16 port)
{
    return addressText(address.toString(), port);
}

} // namespace EngineIo::detail

#endif
