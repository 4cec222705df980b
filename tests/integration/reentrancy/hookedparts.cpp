// SPDX-License-Identifier: MIT
#include "hookedparts.h"

#include "sioworld.h"

#include <SocketIo/ClusterAdapter>
#include <SocketIo/ClusterMessage>
#include <SocketIo/Namespace>
#include <SocketIo/Parser>
#include <SocketIo/SessionAwareAdapter>

#include <QtCore/qthread.h>

using namespace SocketIo;
using namespace std::chrono_literals;

namespace {

class HookedAdapter final : public SessionAwareAdapter
{
public:
    HookedAdapter(Namespace *nsp, SioWorld *world)
        : SessionAwareAdapter(nsp)
        , m_world(world)
    {
    }

    void addAll(Socket *socket, const QStringList &rooms) override
    {
        SessionAwareAdapter::addAll(socket, rooms);
        m_world->called("adapter addAll");
    }
    void del(Socket *socket, const QString &room) override
    {
        SessionAwareAdapter::del(socket, room);
        m_world->called("adapter del");
    }
    void delAll(Socket *socket) override
    {
        SessionAwareAdapter::delAll(socket);
        m_world->called("adapter delAll");
    }
    void broadcast(Packet packet, const BroadcastOptions &options) override
    {
        SessionAwareAdapter::broadcast(packet, options);
        m_world->called("adapter broadcast");
    }
    void persistSession(const RecoverableSession &session) override
    {
        SessionAwareAdapter::persistSession(session);
        m_world->called("adapter persistSession");
    }
    void restoreSession(const QString &pid, const QString &offset,
                        const RestoreReply &reply) override
    {
        SioWorld *const world = m_world;
        SessionAwareAdapter::restoreSession(pid, offset, reply);
        world->called("adapter restoreSession");
    }

private:
    SioWorld *const m_world;
};

// Hears of another server once, which is then silent.
class LoneClusterAdapter final : public ClusterAdapter
{
public:
    LoneClusterAdapter(Namespace *nsp, SioWorld *world)
        : ClusterAdapter(nsp, options())
        , m_world(world)
    {
    }

    void init() override
    {
        ClusterAdapter::init();
        m_world->sawAdapter(this);
    }
    void hear()
    {
        ClusterMessage message;
        message.uid = QStringLiteral("another");
        message.nsp = nsp()->name();
        handleMessage(message);
    }

protected:
    void publishMessage(const ClusterMessage &) override { m_world->called("cluster publish"); }
    void publishResponse(const QString &, const ClusterMessage &) override { }

private:
    static ClusterOptions options()
    {
        ClusterOptions options;
        options.heartbeatTimeout = 10ms;
        return options;
    }

    SioWorld *const m_world;
};

class HookedDecoder final : public Decoder
{
public:
    HookedDecoder(std::unique_ptr<Decoder> decoder, SioWorld *world)
        : m_decoder(std::move(decoder))
        , m_world(world)
    {
    }

    Status addText(QByteArrayView utf8, Packet *packet) override
    {
        const Status status = m_decoder->addText(utf8, packet);
        m_world->called("parser decoder of the client");
        return status;
    }
    Status addBinary(const QByteArray &bytes, Packet *packet) override
    {
        const Status status = m_decoder->addBinary(bytes, packet);
        m_world->called("parser decoder of the client");
        return status;
    }

private:
    std::unique_ptr<Decoder> m_decoder;
    SioWorld *const m_world;
};

class HookedParser final : public Parser
{
public:
    HookedParser(SioWorld *world, const char *encodeHook, bool hooksDecoder)
        : m_world(world)
        , m_encodeHook(encodeHook)
        , m_hooksDecoder(hooksDecoder)
    {
    }

    EngineIo::FrameList encode(const Packet &packet) const override
    {
        const EngineIo::FrameList frames = m_parser.encode(packet);
        // In an I/O thread nothing of the world may be touched.
        if (QThread::currentThread() == m_thread && m_encodeHook)
            m_world->called(m_encodeHook);
        return frames;
    }
    std::unique_ptr<Decoder> createDecoder() const override
    {
        if (!m_hooksDecoder)
            return m_parser.createDecoder();
        return std::make_unique<HookedDecoder>(m_parser.createDecoder(), m_world);
    }

private:
    const JsonParser m_parser;
    QThread *const m_thread = QThread::currentThread();
    SioWorld *const m_world;
    const char *const m_encodeHook;
    const bool m_hooksDecoder;
};

} // namespace

void hearOfAnotherServer(QObject *adapter)
{
    if (auto *cluster = dynamic_cast<LoneClusterAdapter *>(adapter))
        cluster->hear();
}

void hookParts(ServerOptions *options, SioWorld *world, const QByteArray &hook)
{
    if (hook.startsWith("adapter "))
        options->adapter = [world](Namespace *nsp) {
            return std::make_unique<HookedAdapter>(nsp, world);
        };
    if (hook.startsWith("ClusterAdapter::") || hook == "cluster publish")
        options->adapter = [world](Namespace *nsp) {
            return std::make_unique<LoneClusterAdapter>(nsp, world);
        };
    if (hook == "parser of the server")
        options->parser = std::make_shared<HookedParser>(world, "parser of the server", false);
}

void hookParts(ClientOptions *options, SioWorld *world, const QByteArray &hook)
{
    if (hook == "parser of the client")
        options->parser = std::make_shared<HookedParser>(world, "parser of the client", false);
    if (hook == "parser decoder of the client")
        options->parser = std::make_shared<HookedParser>(world, nullptr, true);
}
