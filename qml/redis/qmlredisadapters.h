// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_QMLREDISADAPTERS_H
#define SOCKETIO_QMLREDISADAPTERS_H

#include "qmladapter.h"

#include <SocketIo/RedisAdapter>
#include <SocketIo/RedisStreamsAdapter>
#include <SocketIo/ShardedRedisAdapter>

#include <QtCore/qurl.h>

namespace SocketIo {

// What the QML types of SocketIo.Redis have in common.
class QmlRedisBase : public SocketIo::QmlAdapter
{
    Q_OBJECT
    QML_ANONYMOUS
    Q_PROPERTY(QUrl url READ url WRITE setUrl NOTIFY urlChanged)
    Q_PROPERTY(QList<QUrl> rootNodes READ rootNodes WRITE setRootNodes NOTIFY rootNodesChanged)
    Q_PROPERTY(bool connected READ isConnected NOTIFY connectedChanged)
    Q_PROPERTY(QString errorString READ errorString NOTIFY errorStringChanged)

public:
    using QmlAdapter::QmlAdapter;

    QUrl url() const { return m_url; }
    void setUrl(const QUrl &url);
    QList<QUrl> rootNodes() const { return m_rootNodes; }
    void setRootNodes(const QList<QUrl> &urls);
    bool isConnected() const { return m_connected; }
    QString errorString() const { return m_errorString; }

Q_SIGNALS:
    void urlChanged();
    void rootNodesChanged();
    void connectedChanged();
    void errorStringChanged();

protected:
    // Reports what the adapters that factory makes say.
    template<typename Adapter>
    AdapterFactory watched(const AdapterFactory &factory);
    void setAddress(RedisOptions *options) const;

private:
    void setConnected(bool connected);
    void setErrorString(const QString &text);

    QUrl m_url = RedisOptions().url;
    QList<QUrl> m_rootNodes;
    bool m_connected = false;
    QString m_errorString;
};

// The QML type RedisAdapter.
class QmlRedisAdapter : public SocketIo::QmlRedisBase
{
    Q_OBJECT
    QML_NAMED_ELEMENT(RedisAdapter)
    Q_PROPERTY(QString key MEMBER m_key NOTIFY keyChanged)
    Q_PROPERTY(int requestsTimeout MEMBER m_requestsTimeout NOTIFY requestsTimeoutChanged)
    Q_PROPERTY(bool publishOnSpecificResponseChannel MEMBER m_specificChannel NOTIFY
                   publishOnSpecificResponseChannelChanged)

public:
    using QmlRedisBase::QmlRedisBase;
    AdapterFactory factory() override;

Q_SIGNALS:
    void keyChanged();
    void requestsTimeoutChanged();
    void publishOnSpecificResponseChannelChanged();

private:
    QString m_key = RedisAdapterOptions().key;
    int m_requestsTimeout = 5000;
    bool m_specificChannel = false;
};

// The QML type ShardedRedisAdapter.
class QmlShardedRedisAdapter : public SocketIo::QmlRedisBase
{
    Q_OBJECT
    QML_NAMED_ELEMENT(ShardedRedisAdapter)
    Q_PROPERTY(QString channelPrefix MEMBER m_channelPrefix NOTIFY channelPrefixChanged)
    Q_PROPERTY(SubscriptionMode subscriptionMode MEMBER m_mode NOTIFY subscriptionModeChanged)
    Q_PROPERTY(int requestTimeout MEMBER m_requestTimeout NOTIFY requestTimeoutChanged)

public:
    enum SubscriptionMode { Static, Dynamic, DynamicPrivate };
    Q_ENUM(SubscriptionMode)

    using QmlRedisBase::QmlRedisBase;
    AdapterFactory factory() override;

Q_SIGNALS:
    void channelPrefixChanged();
    void subscriptionModeChanged();
    void requestTimeoutChanged();

private:
    QString m_channelPrefix = ShardedRedisAdapterOptions().channelPrefix;
    SubscriptionMode m_mode = Dynamic;
    int m_requestTimeout = 5000;
};

// The QML type RedisStreamsAdapter.
class QmlRedisStreamsAdapter : public SocketIo::QmlRedisBase
{
    Q_OBJECT
    QML_NAMED_ELEMENT(RedisStreamsAdapter)
    Q_PROPERTY(QString streamName MEMBER m_streamName NOTIFY streamNameChanged)
    Q_PROPERTY(int streamCount MEMBER m_streamCount NOTIFY streamCountChanged)
    Q_PROPERTY(QString channelPrefix MEMBER m_channelPrefix NOTIFY channelPrefixChanged)
    Q_PROPERTY(int maxLen MEMBER m_maxLen NOTIFY maxLenChanged)
    Q_PROPERTY(int requestTimeout MEMBER m_requestTimeout NOTIFY requestTimeoutChanged)

public:
    using QmlRedisBase::QmlRedisBase;
    AdapterFactory factory() override;

Q_SIGNALS:
    void streamNameChanged();
    void streamCountChanged();
    void channelPrefixChanged();
    void maxLenChanged();
    void requestTimeoutChanged();

private:
    QString m_streamName = RedisStreamsAdapterOptions().streamName;
    int m_streamCount = 1;
    QString m_channelPrefix = RedisStreamsAdapterOptions().channelPrefix;
    int m_maxLen = RedisStreamsAdapterOptions().maxLen;
    int m_requestTimeout = 5000;
};

} // namespace SocketIo

#endif
