// SPDX-License-Identifier: MIT
#ifndef FAULTPROXY_H
#define FAULTPROXY_H

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>
#include <QtNetwork/qtcpserver.h>
#include <QtNetwork/qtcpsocket.h>

#include <chrono>
#include <functional>
#include <memory>

// A TCP proxy that does what networks do when they fail. Works in the test's own event loop.
class FaultProxy : public QObject
{
    Q_OBJECT

public:
    enum Direction { ToServer, ToClient };
    enum class When { BeforeForwarding, AfterForwarding };
    enum class What {
        CutOne,             // only the connection that carries the trigger
        CutOneWhilePolling, // as that, with a request for polling whose answer is stalled
        CutAll,
        StallOne,
        Notify,
    };

    explicit FaultProxy(quint16 targetPort, QObject *parent = nullptr);
    ~FaultProxy() override;

    quint16 port() const { return m_server.serverPort(); }
    void setTarget(quint16 port) { m_targetPort = port; }

    // Does what to connections when bytes with the pattern come by, once.
    void trigger(Direction direction, const QByteArray &pattern, What what,
                 When when = When::BeforeForwarding);
    bool wasTriggered() const { return m_triggered; }

    void cutAll();
    void setStalled(bool stalled);                             // connections stay, and data waits
    void setRefusing(bool refusing) { m_refusing = refusing; } // new connections are closed
    void setDelay(std::chrono::milliseconds delay) { m_delay = delay; }
    void setChunkSize(qsizetype size) { m_chunkSize = size; } // 0: as it comes

    // A request for polling waits at the server, which thus notices when the connection breaks.
    bool hasPendingPoll() const;

    int connectionCount() const { return m_connectionCount; }
    qsizetype openCount() const;
    QByteArray seen(Direction direction) const { return m_seen[direction]; }

Q_SIGNALS:
    void triggered();
    void connectionAccepted();

private:
    struct Link;

    void accept();
    bool hasSeenPoll() const; // one without an answer, maybe still on its way to the server
    void read(const std::shared_ptr<Link> &link, Direction direction);
    void forward(const std::shared_ptr<Link> &link, Direction direction, const QByteArray &bytes);
    void closed(const std::shared_ptr<Link> &link, Direction from);
    void triggerNow(const std::shared_ptr<Link> &link, Direction direction,
                    const QByteArray &bytes);
    bool applyTrigger(const std::shared_ptr<Link> &link);
    void cut(const std::shared_ptr<Link> &link);

    QTcpServer m_server;
    quint16 m_targetPort;
    QList<std::shared_ptr<Link>> m_links;
    QByteArray m_seen[2];
    QByteArray m_pattern;
    std::function<void()> m_held; // a trigger that waits for a request for polling
    std::chrono::milliseconds m_delay{0};
    qsizetype m_chunkSize = 0;
    int m_connectionCount = 0;
    Direction m_direction = ToServer;
    When m_when = When::BeforeForwarding;
    What m_what = What::Notify;
    bool m_armed = false;
    bool m_triggered = false;
    bool m_stalled = false;
    bool m_refusing = false;
};

#endif
