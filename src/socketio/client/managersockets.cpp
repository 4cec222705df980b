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
using namespace std::chrono_literals;

namespace {
// How long to wait for the answer to the ping of a WebSocket: some servers give none.
constexpr auto PartingPatience = 1s;
// The same for a CONNECT behind the refusal of the main namespace: Socket.IO 2 does not answer it.
constexpr auto RefusalPatience = 2s;
} // namespace

ClientSocket *ManagerPrivate::socket(const QString &name, const ClientOptions &socketOptions)
{
    const QString nsp = EngineIo::detail::withLeadingSlash(name);
    ClientSocket *socket = byName.value(nsp);
    if (!socket) {
        socket = ClientSocketPrivate::create(this, nsp, socketOptions);
        ClientSocketPrivate::get(socket)->number = ++lastSocketNumber;
        byName.insert(nsp, socket);
        sockets.emplace_hint(sockets.cend(), lastSocketNumber, socket);
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
    all.reserve(qsizetype(sockets.size()));
    for (const auto &[number, socket] : sockets)
        all.append(socket);
    return all;
}

void ManagerPrivate::forEachSocket(const std::function<void(ClientSocketPrivate *socket)> &call)
{
    QList<QPointer<ClientSocket>> all;
    all.reserve(qsizetype(sockets.size()));
    for (const auto &[number, socket] : sockets)
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
    out.call([&, encoder = parser] { frames = encoder->encode(toSend); });
    return out && !frames.isEmpty() && engine->send(frames, flags);
}

Error ManagerPrivate::encodingError(const QString &event, const QVariantList &args)
{
    return detail::encodingError(parser, event, args);
}

void ManagerPrivate::awaitFlush(ClientSocket *socket)
{
    unflushed.append(socket);
    flushDue = true;
}

void ManagerPrivate::engineDrained()
{
    confirmPartings();
    if (!engine || engine->bufferedCount() > 0 || unflushed.isEmpty()
        || (state == State::Open && !engine->isWritable())) {
        return;
    }
    const QList<QPointer<ClientSocket>> flushed = std::exchange(unflushed, {});
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
    return unflushed.isEmpty()
        && std::all_of(sockets.cbegin(), sockets.cend(), [](const auto &entry) {
               return ClientSocketPrivate::get(entry.second)->isFlushed();
           });
}

void ManagerPrivate::reportFlushed()
{
    if (!flushDue || !isFlushed())
        return;
    flushDue = false;
    EngineIo::detail::callApplication([&] { Q_EMIT q->flushed(); });
}

void ManagerPrivate::socketDeactivated()
{
    if (activeSockets == 0)
        close();
}

void ManagerPrivate::removeSocket(ClientSocketPrivate *socket)
{
    byName.remove(socket->nsp);
    sockets.erase(socket->number);
    CallOut out(q);
    if (activeSockets == 0)
        close();
    if (out)
        deleteWhenUnused();
}

void ManagerPrivate::deleteWhenUnused()
{
    if (!ownedByRegistry || !sockets.empty())
        return;
    registry->stopSharing(q);
    if (state == State::Closed)
        q->deleteLater();
}

void ManagerPrivate::deleteSockets()
{
    QList<QPointer<ClientSocket>> all;
    all.reserve(qsizetype(sockets.size()));
    for (const auto &[number, socket] : sockets) {
        ClientSocketPrivate::get(socket)->warnOfLoss(); // while the address is known
        ClientSocketPrivate::get(socket)->manager = nullptr;
        all.append(socket);
    }
    sockets.clear();
    byName.clear();
    for (const QPointer<ClientSocket> &socket : std::as_const(all))
        delete socket;
}

void ManagerPrivate::shutDown()
{
    for (const auto &[number, socket] : sockets)
        ClientSocketPrivate::get(socket)->warnOfLoss();
    skipReconnection = true;
    reconnecting = false;
    waitTimer.stop();
    state = State::Closed;
    releaseEngine(Release::Close);
}

void ManagerPrivate::messageReceived(const EngineIo::Message &message)
{
    using Status = Decoder::Status;
    // A decoder of the application may delete the manager, or have it connect again.
    const std::shared_ptr<Decoder> reader = decoder;
    const std::shared_ptr<Packet> read = packet;
    CallOut out(q);
    CallOut same(q, [this, &reader] { return decoder == reader; });
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
    noteReceived(received);
    beingHandled = &received;
    // Also if a listener throws.
    const auto forget = qScopeGuard([this, &out] {
        if (!out)
            return;
        beingHandled = nullptr;
        askedInSlot.clear();
        slotTimer.stop();
    });
    handOver(received);
}

void ManagerPrivate::noteAckAsked(PendingAck *ack)
{
    if (!beingHandled || slotTimer.isActive())
        return;
    askedInSlot = ack;
    slotTimer.start(slotPatience);
}

// This runs in an event loop of the slot.
void ManagerPrivate::warnOfNestedLoop()
{
    if (!beingHandled || !askedInSlot || askedInSlot->isFinished())
        return;
    const bool isEvent = detail::plainType(beingHandled->type) == PacketType::Event;
    const QString what = isEvent && !beingHandled->args.isEmpty()
        ? u"the event \"%1\""_s.arg(beingHandled->args.constFirst().toString())
        : u"an answer of the server"_s;
    qCWarning(lcClient).noquote()
        << u"A slot that was called for %1 runs an event loop. Nothing else comes from %2 before "
           "it returns, not even the acknowledgement that the slot has asked for"_s.arg(what,
                                                                                        address());
}

void ManagerPrivate::handOver(const Packet &received)
{
    const bool refused = received.type == PacketType::ConnectError && received.nsp == u"/";
    if (refused && protocol.joinsMainNamespace() && mainNamespace == Membership::Joined) {
        // What Socket.IO 2 has to say, it says to all.
        forEachSocket([&](ClientSocketPrivate *socket) {
            if (socket->connected)
                socket->handlePacket(received);
        });
        return;
    }
    if (refused && protocol.joinsMainNamespace())
        mainNamespaceRefused(received);
    else
        othersAreAnswered(received);
    if (settleParting(received))
        return;
    if (ClientSocket *socket = byName.value(received.nsp))
        ClientSocketPrivate::get(socket)->handlePacket(received);
    else
        qCDebug(lcClient).noquote()
            << "Got a packet for the namespace" << received.nsp << "that has no socket";
}

// Newer servers answer for each namespace. Socket.IO 2 then lets the client into none, and says so
// only of those that it does not have.
void ManagerPrivate::mainNamespaceRefused(const Packet &refusal)
{
    mainNamespace = Membership::Refused;
    bool othersAreIn = false; // this server answers for each then
    forEachSocket([&](ClientSocketPrivate *socket) { othersAreIn |= socket->connected; });
    if (othersAreIn || refusalTimer.isActive())
        return;
    mainRefusal = refusal;
    refusalTimer.start(RefusalPatience);
}

void ManagerPrivate::othersAreAnswered(const Packet &received)
{
    const bool isDecided = received.type == PacketType::Connect
        || (received.type == PacketType::ConnectError && received.data != u"Invalid namespace"_s);
    if (isDecided)
        refusalTimer.stop();
}

void ManagerPrivate::refuseOthers()
{
    const Packet refusal = mainRefusal;
    CallOut same(q, [this, client = engine.data()] { return engine == client && isOpen(); });
    forEachSocket([&](ClientSocketPrivate *socket) {
        if (same && !socket->connected) {
            socket->abandonJoin(); // so that a late answer is left again
            socket->handlePacket(refusal);
        }
    });
}

void ManagerPrivate::abandonJoin(const QString &nsp)
{
    if (isOpen())
        partings.insert(nsp, Parting::Unanswered);
}

bool ManagerPrivate::isLeaving(const QString &nsp) const
{
    const auto parting = partings.constFind(nsp);
    return parting != partings.cend() && *parting != Parting::Left;
}

// Returns whether the packet is not for the socket that has the namespace now, but for one, or for a
// session of the same, that has given the namespace up.
bool ManagerPrivate::settleParting(const Packet &received)
{
    const QString nsp = received.nsp;
    const auto parting = partings.constFind(nsp);
    if (parting == partings.cend())
        return false;
    const bool isJoined = received.type == PacketType::Connect;
    const bool isRefused = received.type == PacketType::ConnectError;
    if (*parting == Parting::Left && (isJoined || isRefused)) {
        partings.remove(nsp);
        return false;
    }
    if (*parting == Parting::Unanswered && isRefused) {
        endParting(nsp);
    } else if (*parting == Parting::Unanswered && isJoined) {
        qCDebug(lcClient).noquote()
            << "Leaving namespace" << nsp << "that nobody waits for any more";
        CallOut out(q);
        send(detail::disconnectPacket(nsp), {});
        if (out)
            noteLeft(nsp);
    } else {
        qCDebug(lcClient).noquote()
            << "Dropped a packet for a session that has left the namespace" << nsp;
    }
    return true;
}

void ManagerPrivate::noteLeft(const QString &nsp)
{
    if (nsp == u"/")
        mainNamespace = Membership::None;
    if (!isOpen())
        return;
    partings.insert(nsp, Parting::Leaving);
    confirmPartings();
}

// Over polling the answer to the request says that the server has read it. Over WebSocket the
// answer to a ping does.
void ManagerPrivate::confirmPartings()
{
    if (!isOpen() || !engine || engine->bufferedCount() > 0)
        return;
    const bool polling = engine->transport() == EngineIo::TransportType::Polling;
    if (polling && !engine->isWritable())
        return;
    bool asks = false;
    for (Parting &parting : partings) {
        if (parting == Parting::Leaving) {
            parting = Parting::Asked;
            asks = true;
        }
    }
    if (!asks)
        return;
    if (polling) {
        QMetaObject::invokeMethod(
            q,
            [this, client = engine] {
                if (client && client == engine)
                    endPartings();
            },
            Qt::QueuedConnection);
        return;
    }
    EngineIo::detail::ClientAccess::measureLatency(engine);
    partingTimer.start(PartingPatience);
}

void ManagerPrivate::endPartings()
{
    partingTimer.stop();
    CallOut out(q);
    const QStringList names = partings.keys(Parting::Asked);
    for (const QString &nsp : names)
        out.call([&] { endParting(nsp); });
}

// An answer over polling may bring what the server has sent before it read the DISCONNECT.
void ManagerPrivate::endParting(const QString &nsp)
{
    if (!partings.contains(nsp))
        return; // a slot has closed the connection
    const Parting was = partings.take(nsp);
    const bool isAnswered =
        !protocol.joinsMainNamespace() || nsp != u"/"; // when it is joined again
    if (was == Parting::Asked && isAnswered
        && engine->transport() == EngineIo::TransportType::Polling)
        partings.insert(nsp, Parting::Left);
    if (ClientSocket *socket = byName.value(nsp))
        ClientSocketPrivate::get(socket)->managerOpened();
}

ManagerPrivate::Membership ManagerPrivate::membership(const QString &nsp) const
{
    return nsp == u"/" ? mainNamespace : Membership::None;
}

void ManagerPrivate::noteReceived(const Packet &received)
{
    if (!protocol.joinsMainNamespace() || received.nsp != u"/")
        return;
    if (received.type == PacketType::Connect)
        mainNamespace = Membership::Joined;
    else if (received.type == PacketType::Disconnect)
        mainNamespace = Membership::None;
}

} // namespace SocketIo
