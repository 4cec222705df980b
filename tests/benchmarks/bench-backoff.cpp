// SPDX-License-Identifier: MIT
#include "filelimit.h"

#include <EngineIo/EpollDispatcher>
#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qlist.h>
#include <QtCore/qloggingcategory.h>
#include <QtCore/qurl.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <vector>

using namespace Qt::StringLiterals;

namespace {

// Milliseconds of the system's monotonic clock, which all processes share.
qint64 now()
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

void print(const char *name, const QList<qint64> &times, const char *end)
{
    printf("\"%s\": [", name);
    for (qsizetype i = 0; i < times.size(); ++i)
        printf("%s%lld", i == 0 ? "" : ", ", static_cast<long long>(times.at(i)));
    printf("]%s", end);
}

// Clients with a connection each and the options that they have by default.
class Clients
{
public:
    Clients(const QUrl &url, int count)
    {
        SocketIo::ClientOptions options;
        options.transports = {EngineIo::TransportType::WebSocket};
        for (int i = 0; i < count; ++i) {
            m_managers.push_back(std::make_unique<SocketIo::Manager>(url, options));
            SocketIo::Manager *const manager = m_managers.back().get();
            QObject::connect(manager, &SocketIo::Manager::reconnectAttempted, manager,
                             [this] { m_attempts.append(now()); });
            QObject::connect(manager->socket(), &SocketIo::ClientSocket::connected, manager,
                             [this] { connected(); });
            manager->socket()->open();
        }
    }

private:
    void connected()
    {
        const auto count = qsizetype(m_managers.size());
        if (m_connected < count) {
            if (++m_connected == count) {
                m_attempts.clear(); // of those that the first server had no room for at once
                printf("connected\n");
                fflush(stdout);
            }
            return;
        }
        m_back.append(now());
        if (m_back.size() < count)
            return;
        printf("{");
        print("attempts", m_attempts, ", ");
        print("back", m_back, "}\n");
        fflush(stdout);
        QCoreApplication::quit();
    }

    std::vector<std::unique_ptr<SocketIo::Manager>> m_managers;
    qsizetype m_connected = 0;
    QList<qint64> m_attempts;
    QList<qint64> m_back;
};

} // namespace

// Clients whose server ends and comes back: says when all are connected, and when all are back, at
// which times they have tried and come back.
int main(int argc, char *argv[])
{
    Bench::raiseFileLimit();
    EngineIo::installEpollDispatcher();
    QCoreApplication app(argc, argv);
    // No server is meant here.
    QLoggingCategory::setFilterRules(u"qt.socketio.*.warning=false"_s);
    QCommandLineParser parser;
    parser.addHelpOption();
    const QCommandLineOption clientsOption(u"clients"_s, u"Clients in this process."_s, u"count"_s,
                                           u"1000"_s);
    parser.addOption(clientsOption);
    parser.addPositionalArgument(u"url"_s, u"Of the server."_s);
    parser.process(app);
    const Clients clients(QUrl(parser.positionalArguments().value(0)),
                          parser.value(clientsOption).toInt());
    return QCoreApplication::exec();
}
