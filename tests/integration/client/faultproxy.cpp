// SPDX-License-Identifier: MIT
#include "faultproxy.h"

#include <QtCore/qtimer.h>
#include <QtNetwork/qhostaddress.h>

#include <algorithm>
#include <utility>

namespace {
// Of what has come by, in bytes: more than any test looks at.
constexpr qsizetype MostSeen = 16 * 1024 * 1024;
} // namespace

struct FaultProxy::Link
{
    QTcpSocket *client = nullptr;
    QTcpSocket *server = nullptr;
    QByteArray searched[2]; // the end of what was searched for the pattern
    bool stalled = false;

    QTcpSocket *source(Direction direction) const
    {
        return direction == ToServer ? client : server;
    }
    QTcpSocket *target(Direction direction) const
    {
        return direction == ToServer ? server : client;
    }
};

FaultProxy::FaultProxy(quint16 targetPort, QObject *parent)
    : QObject(parent)
    , m_targetPort(targetPort)
{
    connect(&m_server, &QTcpServer::newConnection, this, &FaultProxy::accept);
    m_server.listen(QHostAddress::LocalHost);
}

FaultProxy::~FaultProxy()
{
    cutAll();
}

void FaultProxy::accept()
{
    while (QTcpSocket *client = m_server.nextPendingConnection()) {
        ++m_connectionCount;
        Q_EMIT connectionAccepted();
        if (m_refusing) {
            client->abort();
            client->deleteLater();
            continue;
        }
        auto link = std::make_shared<Link>();
        link->client = client;
        client->setParent(this);
        link->server = new QTcpSocket(this);
        m_links.append(link);
        for (const Direction direction : {ToServer, ToClient}) {
            connect(link->source(direction), &QTcpSocket::readyRead, this,
                    [this, link, direction] { read(link, direction); });
            connect(link->source(direction), &QTcpSocket::disconnected, this,
                    [this, link, direction] { closed(link, direction); });
            link->source(direction)->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        }
        // A server that is not there.
        connect(link->server, &QTcpSocket::errorOccurred, this, [link] {
            if (link->server->state() == QAbstractSocket::ConnectedState)
                return;
            link->client->abort();
            // With what was to be written, which QTcpSocket would try all the same, with a warning.
            QMetaObject::invokeMethod(link->server, &QTcpSocket::abort, Qt::QueuedConnection);
        });
        link->server->connectToHost(QHostAddress::LocalHost, m_targetPort);
    }
}

void FaultProxy::read(const std::shared_ptr<Link> &link, Direction direction)
{
    if (m_stalled || link->stalled || !link->source(direction)->isOpen())
        return;
    const QByteArray bytes = link->source(direction)->readAll();
    if (bytes.isEmpty())
        return;
    m_seen[direction] += bytes;
    if (m_seen[direction].size() > MostSeen)
        m_seen[direction].remove(0, MostSeen / 2);
    QByteArray &searched = link->searched[direction];
    searched += bytes;
    if (m_armed && direction == m_direction && searched.contains(m_pattern)) {
        m_armed = false;
        if (m_what == What::CutOneWhilePolling && !hasSeenPoll())
            m_held = [this, link, direction, bytes] { triggerNow(link, direction, bytes); };
        else
            triggerNow(link, direction, bytes);
        return;
    }
    searched = searched.right(std::max<qsizetype>(m_pattern.size() - 1, 0));
    forward(link, direction, bytes);
    if (m_held && hasSeenPoll())
        std::exchange(m_held, {})();
}

void FaultProxy::triggerNow(const std::shared_ptr<Link> &link, Direction direction,
                            const QByteArray &bytes)
{
    if (m_what == What::CutOneWhilePolling)
        m_stalled = true;
    if (m_when == When::AfterForwarding) {
        forward(link, direction, bytes);
        link->target(direction)->flush();
        applyTrigger(link);
    } else if (applyTrigger(link)) {
        forward(link, direction, bytes);
    }
}

// Answers whether the bytes that carry the pattern may still pass.
bool FaultProxy::applyTrigger(const std::shared_ptr<Link> &link)
{
    m_triggered = true;
    switch (m_what) {
    case What::CutOne:
    case What::CutOneWhilePolling:
        cut(link);
        break;
    case What::CutAll:
        cutAll();
        break;
    case What::StallOne:
        link->stalled = true;
        break;
    case What::Notify:
        break;
    }
    Q_EMIT triggered();
    return m_what == What::Notify;
}

void FaultProxy::forward(const std::shared_ptr<Link> &link, Direction direction,
                         const QByteArray &bytes)
{
    const auto write = [link, direction, size = m_chunkSize](const QByteArray &all) {
        QTcpSocket *target = link->target(direction);
        const qsizetype step = size == 0 ? all.size() : size;
        for (qsizetype i = 0; i < all.size() && target->isOpen(); i += step) {
            target->write(all.mid(i, step));
            if (size != 0 && target->state() == QAbstractSocket::ConnectedState)
                target->flush();
        }
    };
    if (m_delay.count() == 0)
        write(bytes);
    else
        QTimer::singleShot(m_delay, link->target(direction), [write, bytes] { write(bytes); });
}

void FaultProxy::closed(const std::shared_ptr<Link> &link, Direction from)
{
    if (m_stalled)
        return;
    read(link, from);
    link->target(from)->disconnectFromHost();
    if (link->client->state() == QAbstractSocket::UnconnectedState
        && link->server->state() == QAbstractSocket::UnconnectedState) {
        link->client->deleteLater();
        link->server->deleteLater();
        m_links.removeAll(link);
    }
}

void FaultProxy::cut(const std::shared_ptr<Link> &link)
{
    // Not as a close: with what is on its way lost.
    m_links.removeAll(link);
    for (QTcpSocket *socket : {link->client, link->server}) {
        socket->disconnect();
        socket->abort();
        socket->deleteLater();
    }
}

void FaultProxy::cutAll()
{
    const auto links = m_links;
    for (const std::shared_ptr<Link> &link : links)
        cut(link);
}

void FaultProxy::trigger(Direction direction, const QByteArray &pattern, What what, When when)
{
    m_direction = direction;
    m_pattern = pattern;
    m_what = what;
    m_when = when;
    m_armed = true;
    m_triggered = false;
}

void FaultProxy::setStalled(bool stalled)
{
    m_stalled = stalled;
    if (stalled)
        return;
    const auto links = m_links;
    for (const std::shared_ptr<Link> &link : links) {
        for (const Direction direction : {ToServer, ToClient}) {
            if (link->source(direction)->state() == QAbstractSocket::UnconnectedState)
                closed(link, direction);
            else
                read(link, direction);
        }
    }
}

qsizetype FaultProxy::openCount() const
{
    return std::count_if(m_links.cbegin(), m_links.cend(), [](const auto &link) {
        return link->client->state() == QAbstractSocket::ConnectedState;
    });
}

bool FaultProxy::hasPendingPoll() const
{
    // What has not been written yet, also because the connection to the server is still being made,
    // is lost when that is cut.
    const bool allIsWritten = std::all_of(m_links.cbegin(), m_links.cend(), [](const auto &link) {
        return link->server->bytesToWrite() == 0;
    });
    return allIsWritten && hasSeenPoll();
}

bool FaultProxy::hasSeenPoll() const
{
    qsizetype polls = 0;
    const QByteArray &seen = m_seen[ToServer];
    for (qsizetype i = seen.indexOf("GET "); i >= 0; i = seen.indexOf("GET ", i + 1)) {
        const qsizetype end = seen.indexOf('\r', i);
        if (seen.mid(i, end < 0 ? -1 : end - i).contains("transport=polling"))
            ++polls;
    }
    return polls > m_seen[ToClient].toLower().count("text/plain");
}
