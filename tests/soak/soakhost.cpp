// SPDX-License-Identifier: MIT
#include "soakhost.h"

#include <SocketIo/PendingAck>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

SoakHost::SoakHost(const QString &program, int ioThreads, Accounts *accounts)
    : m_program(program)
    , m_ioThreads(ioThreads)
    , m_accounts(accounts)
    , m_random(QRandomGenerator::global()->generate())
{
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    connect(&m_process, &QProcess::readyReadStandardOutput, this, &SoakHost::readOutput);
    connect(&m_process, &QProcess::finished, this, [this](int code, QProcess::ExitStatus status) {
        m_listens = false;
        if (m_ending)
            return;
        if (status != QProcess::NormalExit || code != 0)
            m_accounts->mistake(u"a server ended with %1"_s.arg(code));
        start();
    });
}

SoakHost::~SoakHost()
{
    m_ending = true;
    m_clients.clear();
    m_slowReaders.clear();
    m_inspector.reset();
    m_process.terminate();
    if (!m_process.waitForFinished(10000))
        m_process.kill();
    m_process.waitForFinished(10000);
}

QStringList SoakHost::arguments() const
{
    return {u"--port"_s, QString::number(m_port), u"--io-threads"_s, QString::number(m_ioThreads)};
}

void SoakHost::start()
{
    m_process.start(m_program, arguments());
}

void SoakHost::deploy()
{
    ++m_accounts->deploys;
    m_process.terminate();
}

void SoakHost::readOutput()
{
    const QByteArray line = m_process.readAllStandardOutput().trimmed();
    if (!line.startsWith("listening "))
        return;
    m_port = line.mid(10).toUShort();
    m_listens = true;
    while (m_proxies.size() < 6)
        m_proxies.push_back(std::make_unique<FaultProxy>(m_port));
    Q_EMIT listening();
}

void SoakHost::addClient()
{
    const auto &proxy = m_proxies[m_random.bounded(quint32(m_proxies.size()))];
    const QString name = u"%1/%2"_s.arg(m_port).arg(++m_clientNumber);
    m_clients.push_back(std::make_unique<SoakClient>(
        QUrl(u"http://127.0.0.1:%1"_s.arg(proxy->port())), name, m_accounts));
}

void SoakHost::populate(int clients)
{
    while (int(m_clients.size()) < clients)
        addClient();
    while (m_slowReaders.size() < 2)
        m_slowReaders.push_back(std::make_unique<SlowReader>(m_port, m_accounts));
}

void SoakHost::depopulate()
{
    m_clients.clear();
    m_slowReaders.clear();
}

// Once a second: something happens to a part of the clients.
void SoakHost::disturb()
{
    FaultProxy *const proxy = m_proxies[m_random.bounded(quint32(m_proxies.size()))].get();
    switch (m_random.bounded(8)) {
    case 0:
    case 1:
        ++m_accounts->cuts;
        proxy->cutAll();
        break;
    case 2:
        ++m_accounts->stalls;
        proxy->setStalled(true);
        QTimer::singleShot(200 + int(m_random.bounded(8000)), proxy,
                           [proxy] { proxy->setStalled(false); });
        break;
    case 3:
        proxy->setDelay(std::chrono::milliseconds(m_random.bounded(50)));
        break;
    case 4:
        proxy->setChunkSize(m_random.bounded(3) * 100);
        break;
    case 5:
    case 6: // a client goes, another one comes
        if (!m_clients.empty()) {
            m_clients.erase(m_clients.begin()
                            + qsizetype(m_random.bounded(quint32(m_clients.size()))));
            addClient();
        }
        break;
    default:
        break;
    }
}

void SoakHost::calm()
{
    for (const auto &proxy : m_proxies) {
        proxy->setStalled(false);
        proxy->setDelay(0ms);
        proxy->setChunkSize(0);
    }
}

void SoakHost::askState(const std::function<void(const QVariantMap &)> &done)
{
    m_inspector = std::make_unique<Manager>(QUrl(u"ws://127.0.0.1:%1"_s.arg(m_port)));
    PendingAck *const ack = m_inspector->socket()->timeout(10s).emitWithAck(u"state"_s);
    ack->then(this, [this, done](const QVariantMap &state) {
        m_inspector->close();
        done(state);
    });
    ack->onFailed(this, [done] { done({}); });
}
