// SPDX-License-Identifier: MIT
#include "slowreader.h"

#include <QtCore/qtimer.h>
#include <QtNetwork/qhostaddress.h>

using namespace std::chrono_literals;

SlowReader::SlowReader(quint16 port, Accounts *accounts)
    : m_port(port)
    , m_accounts(accounts)
{
    m_socket.setReadBufferSize(1);
    connect(&m_socket, &QTcpSocket::connected, this, [this] {
        // The handshake, and a masked frame with the CONNECT packet, "40".
        m_socket.write("GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\n"
                       "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
                       + QByteArray("\x81\x82\0\0\0\0"
                                    "40",
                                    8));
    });
    connect(&m_socket, &QTcpSocket::disconnected, this, [this] { ++m_accounts->slowReadersEnded; });
    connect(&m_socket, &QTcpSocket::stateChanged, this, [this](QAbstractSocket::SocketState state) {
        if (state == QAbstractSocket::UnconnectedState)
            QTimer::singleShot(500ms, this, &SlowReader::open);
    });
    open();
}

void SlowReader::open()
{
    if (m_socket.state() == QAbstractSocket::UnconnectedState) {
        m_socket.abort(); // what was not read
        m_socket.connectToHost(QHostAddress::LocalHost, m_port);
    }
}
