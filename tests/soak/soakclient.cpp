// SPDX-License-Identifier: MIT
#include "soakclient.h"

#include <SocketIo/PendingAck>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

ClientOptions optionsFor(quint32 kind)
{
    using EngineIo::TransportType;
    ClientOptions options;
    if (kind % 3 == 0)
        options.transports = {TransportType::Polling};
    else if (kind % 3 == 1)
        options.transports = {TransportType::WebSocket};
    options.reconnectionDelay = 20ms;
    options.reconnectionDelayMax = 500ms;
    options.retries = 1'000'000; // what is said is said again until it is acknowledged
    options.ackTimeout = 5s;
    return options;
}

} // namespace

SoakClient::SoakClient(const QUrl &url, const QString &name, Accounts *accounts)
    : m_name(name)
    , m_accounts(accounts)
    , m_random(QRandomGenerator::global()->generate())
    , m_manager(url, optionsFor(m_random.generate()))
    , m_socket(m_manager.socket())
{
    connect(m_socket, &ClientSocket::connected, this, &SoakClient::connected);
    m_socket->on(u"tick"_s, this,
                 [this](const QString &epoch, int number) { heard(epoch, number); });
    m_actions.callOnTimeout(this, &SoakClient::act);
    m_actions.start(50 + int(m_random.bounded(400)));
}

SoakClient::~SoakClient()
{
    m_accounts->abandoned += m_said - m_answered;
}

void SoakClient::connected()
{
    ++m_accounts->connections;
    if (m_socket->isRecovered())
        ++m_accounts->recovered;
    else
        m_last = 0;
}

void SoakClient::heard(const QString &epoch, int number)
{
    ++m_accounts->heard;
    if (epoch == m_epoch && m_last > 0 && number != m_last + 1) {
        m_accounts->mistake(u"%1 heard %2 after %3"_s.arg(m_name).arg(number).arg(m_last));
    } else if (epoch != m_epoch && m_last > 0) {
        m_accounts->mistake(u"%1 heard of another server in the same session"_s.arg(m_name));
    }
    m_epoch = epoch;
    m_last = number;
}

void SoakClient::act()
{
    const quint32 choice = m_random.bounded(100u);
    if (choice < 70) {
        if (m_said - m_answered < 20)
            say();
    } else if (choice < 85) {
        m_socket->asVolatile().emitEvent(u"join"_s, u"room %1"_s.arg(m_random.bounded(50)));
    } else if (choice < 97) {
        m_socket->asVolatile().emitEvent(u"leave"_s, u"room %1"_s.arg(m_random.bounded(50)));
    } else if (m_socket->isActive()) {
        m_socket->close();
    } else {
        m_socket->open();
    }
    if (!m_socket->isActive() && choice < 50)
        m_socket->open();
}

void SoakClient::say()
{
    const int number = ++m_said;
    ++m_accounts->said;
    PendingAck *const ack = m_socket->emitWithAck(u"say"_s, m_name, number);
    ack->then(this, [this, number](int) {
        ++m_accounts->acknowledged;
        if (number != ++m_answered)
            m_accounts->mistake(u"%1: the answer to %2 is out of order"_s.arg(m_name).arg(number));
    });
    ack->onFailed(this, [this, number](const Error &error) {
        m_accounts->mistake(
            u"%1: %2 was not acknowledged: %3"_s.arg(m_name).arg(number).arg(error.message()));
        ++m_answered;
    });
}
