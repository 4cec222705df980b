// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_ADDRESSTEXT_P_H
#define QTSOCKETIO_ADDRESSTEXT_P_H

#include <QtNetwork/qhostaddress.h>

namespace EngineIo::detail {

// An address and a port as messages name them: 127.0.0.1:3000, [::1]:3000.
inline QString addressText(const QHostAddress &address, quint16 port)
{
    const QString host = address.toString();
    const bool brackets = host.contains(u':');
    return (brackets ? u'[' + host + u']' : host) + u':' + QString::number(port);
}

} // namespace EngineIo::detail

#endif
