// SPDX-License-Identifier: MIT
#include "neighbour.h"

#include <QtCore/qcoreapplication.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;

Neighbour *Neighbour::instance()
{
    static Neighbour *one = nullptr;
    if (!one) {
        one = new Neighbour;
        qAddPostRoutine([] { delete one; }); // while there is an event dispatcher
    }
    return one;
}

Neighbour::Neighbour()
{
    connect(m_server.mainNamespace(), &Namespace::connected, this,
            [](Socket *socket) { socket->on(u"round"_s, socket, [](const Ack &ack) { ack(); }); });
    if (!m_server.listen(QHostAddress::LocalHost))
        qFatal("cannot listen");
    ClientOptions options;
    options.transports = {EngineIo::TransportType::WebSocket};
    m_manager = std::make_unique<Manager>(QUrl(u"http://127.0.0.1:%1"_s.arg(m_server.serverPort())),
                                          options);
    m_socket = m_manager->socket();
    m_socket->open();
}

void Neighbour::goRound()
{
    m_socket->emitWithAck(u"round"_s)->then(this, [this] { ++m_rounds; });
}
