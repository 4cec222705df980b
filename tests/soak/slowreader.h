// SPDX-License-Identifier: MIT
#ifndef SLOWREADER_H
#define SLOWREADER_H

#include "accounts.h"

#include <QtNetwork/qtcpsocket.h>

// A client that connects over WebSocket and never reads: the server has to let it go.
class SlowReader : public QObject
{
public:
    SlowReader(quint16 port, Accounts *accounts);

private:
    void open();

    const quint16 m_port;
    Accounts *const m_accounts;
    QTcpSocket m_socket;
};

#endif
