// SPDX-License-Identifier: MIT
// Messages of other servers of a cluster, as JSON or MessagePack, up to what an adapter does with
// them.
#include <SocketIo/ClusterAdapter>
#include <SocketIo/MsgPack>
#include <SocketIo/Namespace>
#include <SocketIo/Server>

#include <QtCore/qcoreapplication.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

using namespace SocketIo;
using namespace Qt::StringLiterals;

namespace {

class Adapter final : public ClusterAdapter
{
public:
    using ClusterAdapter::ClusterAdapter;
    using ClusterAdapter::handleMessage;
    using ClusterAdapter::handleOwnMessage;

protected:
    // What it answers goes nowhere, but must be fit to be sent.
    void publishMessage(const ClusterMessage &message) override { write(message); }
    void publishResponse(const QString &, const ClusterMessage &response) override
    {
        write(response);
    }

private:
    static void write(const ClusterMessage &message)
    {
        if (message.toJson().isEmpty() && !MsgPack::encode(message.toVariantMap())) {
            fprintf(stderr, "an answer cannot be written\n");
            abort();
        }
    }
};

struct Environment
{
    Environment()
        : app(count, names)
        , server(options())
    {
        server.of(u"/"_s)->on(u"e"_s, server.of(u"/"_s),
                              [](const QVariantList &args, const Ack &ack) { ack(args); });
        adapter = static_cast<Adapter *>(server.of(u"/"_s)->adapter());
    }
    static ServerOptions options()
    {
        ServerOptions options;
        ClusterOptions cluster;
        cluster.maxServers = 10;
        options.adapter = [cluster](Namespace *nsp) {
            return std::make_unique<Adapter>(nsp, cluster);
        };
        return options;
    }

    int count = 1;
    char name[5] = "fuzz";
    char *names[2] = {name, nullptr};
    QCoreApplication app;
    Server server;
    Adapter *adapter = nullptr;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static Environment environment;
    const QByteArray input(reinterpret_cast<const char *>(data), qsizetype(size));
    std::optional<ClusterMessage> message;
    if (input.startsWith('{'))
        message = ClusterMessage::fromJson(input);
    else if (const auto value = MsgPack::decode(input))
        message = ClusterMessage::fromVariantMap(value->toMap());
    if (!message)
        return 0;
    message->nsp = u"/"_s;
    environment.adapter->handleMessage(*message);
    environment.adapter->handleMessage(*message, u"1-0"_s);
    environment.adapter->handleOwnMessage(*message, u"2-0"_s);
    QCoreApplication::processEvents();
    return 0;
}
