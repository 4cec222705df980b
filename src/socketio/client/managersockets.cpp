// SPDX-License-Identifier: MIT
#include "socketio/client/manager_p.h"

#include "base/callapplication_p.h"
#include "base/callout_p.h"
#include "base/paths_p.h"
#include "socketio/client/clienterrors_p.h"
#include "socketio/client/clientlogging_p.h"
#include "socketio/client/clientsocket_p.h"
#include "socketio/client/managerregistry_p.h"
#include "socketio/parser/nesting_p.h"
#include "socketio/parser/packet_p.h"
#include "socketio/parser/packettext_p.h"

#include <QtCore/qscopeguard.h>
#include <QtCore/qtimer.h>
#include <QtNetwork/qnetworkaccessmanager.h>

#include <utility>

// The sockets of a manager, and their packets.
namespace SocketIo {

using namespace Qt::StringLiterals;
using detail::lcClient;
using detail::lcClientPackets;
using EngineIo::CloseReason;
using EngineIo::detail::CallOut;

ClientSocket *ManagerPrivate::socket(const QString &name, const ClientOptions &socketOptions)
{
    const QString nsp = EngineIo::detail::withLeadingSlash(name);
    ClientSocket *socket = m_byName.value(nsp);
    if (!socket) {
        socket = ClientSocketPrivate::create(this, nsp, socketOptions);
        ClientSocketPrivate::get(socket)->number = ++m_lastSocketNumber;
        m_byName.insert(nsp, socket);
        m_sockets.emplace_hint(m_sockets.cend(), m_lastSocketNumber, socket);
    }
    // The slots that this calls may delete the socket.
    const QPointer<ClientSocket> result = socket;
    if (options.autoConnect && !socket->isActive())
        socket->open();
    return result;
}

QList<ClientSocket *> ManagerPrivate::allSockets() const
{
    QList<ClientSocket *> all;
    all.reserve(qsizetype(m_sockets.size()));
    for (const auto &[number, socket] : m_sockets)
        all.append(socket);
    return all;
}

void ManagerPrivate::forEachSocket(const std::function<void(ClientSocketPrivate *socket)> &call)
{
    QList<QPointer<ClientSocket>> all;
    all.reserve(qsizetype(m_sockets.size()));
    for (const auto &[number, socket] : m_sockets)
        all.append(socket);
    CallOut out(q);
    for (const QPointer<ClientSocket> &socket : std::as_const(all)) {
        if (!out)
            return;
        if (socket)
            call(ClientSocketPrivate::get(socket));
    }
}

bool ManagerPrivate::send(const Packet &toSend, EngineIo::SendFlags flags)
{
    if (!engine || state != State::Open)
        return false;
    qCDebug(lcClientPackets).noquote() << "Sent" << detail::packetText(toSend);
    // The parser may be the application's.
    CallOut out(q, [this, client = engine.data()] { return engine == client && isOpen(); });
    EngineIo::FrameList frames;
    out.call([&, encoder = m_parser] { frames = encoder->encode(toSend); });
    return out && !frames.isEmpty() && engine->send(frames, flags);
}

Error ManagerPrivate::encodingError(const QString &event, const QVariantList &args)
{
    return detail::encodingError(m_parser, event, args);
}

void ManagerPrivate::awaitFlush(ClientSocket *socket)
{
    m_unflushed.append(socket);
    m_flushDue = true;
}

void ManagerPrivate::engineDrained()
{
    m_partings.confirm();
    if (!engine || engine->bufferedCount() > 0 || m_unflushed.isEmpty()
        || (state == State::Open && !engine->isWritable())) {
        return;
    }
    const QList<QPointer<ClientSocket>> flushed = std::exchange(m_unflushed, {});
    CallOut out(q);
    for (const QPointer<ClientSocket> &socket : flushed) {
        if (out && socket)
            ClientSocketPrivate::get(socket)->transportFlushed();
    }
    if (out)
        reportFlushed();
}

bool ManagerPrivate::isFlushed() const
{
    return m_unflushed.isEmpty()
        && std::all_of(m_sockets.cbegin(), m_sockets.cend(), [](const auto &entry) {
               return ClientSocketPrivate::get(entry.second)->isFlushed();
           });
}

void ManagerPrivate::reportFlushed()
{
    if (!m_flushDue || !isFlushed())
        return;
    m_flushDue = false;
    EngineIo::detail::callApplication([&] { Q_EMIT q->flushed(); });
}

void ManagerPrivate::socketDeactivated()
{
    if (activeSockets == 0)
        close();
}

void ManagerPrivate::removeSocket(ClientSocketPrivate *socket)
{
    m_byName.remove(socket->nsp);
    m_sockets.erase(socket->number);
    CallOut out(q);
    if (activeSockets == 0)
        close();
    if (out)
        deleteWhenUnused();
}

void ManagerPrivate::deleteWhenUnused()
{
    if (!ownedByRegistry || !m_sockets.empty())
        return;
    registry->stopSharing(q);
    if (state == State::Closed)
        q->deleteLater();
}

void ManagerPrivate::deleteSockets()
{
    QList<QPointer<ClientSocket>> all;
    all.reserve(qsizetype(m_sockets.size()));
    for (const auto &[number, socket] : m_sockets) {
        ClientSocketPrivate::get(socket)->warnOfLoss(); // while the address is known
        ClientSocketPrivate::get(socket)->manager = nullptr;
        all.append(socket);
    }
    m_sockets.clear();
    m_byName.clear();
    for (const QPointer<ClientSocket> &socket : std::as_const(all))
        delete socket;
}

void ManagerPrivate::shutDown()
{
    for (const auto &[number, socket] : m_sockets)
        ClientSocketPrivate::get(socket)->warnOfLoss();
    m_skipReconnection = true;
    m_reconnecting = false;
    m_waitTimer.stop();
    state = State::Closed;
    releaseEngine(Release::Close);
}

void ManagerPrivate::messageReceived(const EngineIo::Message &message)
{
    using Status = Decoder::Status;
    // A decoder of the application may delete the manager, or have it connect again.
    const std::shared_ptr<Decoder> reader = m_decoder;
    const std::shared_ptr<Packet> read = m_packet;
    CallOut out(q);
    CallOut same(q, [this, &reader] { return m_decoder == reader; });
    Status status = Status::Error; // if it throws
    same.call([&] {
        status = message.isBinary() ? reader->addBinary(message.bytes(), read.get())
                                    : reader->addText(message.bytes(), read.get());
    });
    if (!same || status == Status::NeedMore)
        return;
    if (status == Status::Error) {
        loseConnection(
            CloseReason::ParseError,
            detail::undecodableError(QString::fromUtf8(reader->errorString()), address()));
        return;
    }
    // The next packet may come while this one is being handled.
    Packet received = std::exchange(*read, Packet());
    protocol.normalize(&received.nsp);
    qCDebug(lcClientPackets).noquote() << "Received" << detail::packetText(received);
    out.emitSignal(&Manager::packetReceived, received);
    if (!out || !isOpen())
        return;
    slotWatch.enter(received);
    // Also if a listener throws.
    const auto leave = qScopeGuard([this, &out] {
        if (out)
            slotWatch.leave();
    });
    handOver(received);
}

void ManagerPrivate::handOver(const Packet &received)
{
    m_mainNamespace.noteReceived(received);
    if (m_mainNamespace.isError(received)) {
        if (m_mainNamespace.membership() == Membership::Joined) {
            // What Socket.IO 2 has to say, it says to all.
            forEachSocket([&](ClientSocketPrivate *socket) {
                if (socket->connected)
                    socket->handlePacket(received);
            });
            return;
        }
        m_mainNamespace.refused(received, isAnyConnected());
    }
    if (m_partings.settle(received))
        return;
    if (ClientSocket *socket = m_byName.value(received.nsp))
        ClientSocketPrivate::get(socket)->handlePacket(received);
    else
        qCDebug(lcClient).noquote()
            << "Got a packet for the namespace" << received.nsp << "that has no socket";
}

bool ManagerPrivate::isAnyConnected() const
{
    return std::any_of(m_sockets.cbegin(), m_sockets.cend(), [](const auto &entry) {
        return ClientSocketPrivate::get(entry.second)->connected;
    });
}

void ManagerPrivate::refuseOthers(const Packet &refusal)
{
    CallOut same(q, [this, client = engine.data()] { return engine == client && isOpen(); });
    forEachSocket([&](ClientSocketPrivate *socket) {
        if (same && !socket->connected) {
            socket->abandonJoin(); // so that a late answer is left again
            socket->handlePacket(refusal);
        }
    });
}

void ManagerPrivate::noteLeft(const QString &nsp)
{
    if (nsp == u"/")
        m_mainNamespace.noteLeft();
    m_partings.noteLeft(nsp);
}

void ManagerPrivate::joinedInVain(const QString &nsp)
{
    CallOut out(q);
    send(detail::disconnectPacket(nsp), {});
    if (out)
        noteLeft(nsp);
}

void ManagerPrivate::partingEnded(const QString &nsp)
{
    if (ClientSocket *socket = m_byName.value(nsp))
        ClientSocketPrivate::get(socket)->managerOpened();
}

ManagerPrivate::Membership ManagerPrivate::membership(const QString &nsp) const
{
    return nsp == u"/" ? m_mainNamespace.membership() : Membership::None;
}

} // namespace SocketIo
