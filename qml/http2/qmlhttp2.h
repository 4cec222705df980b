// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_QMLHTTP2_H
#define SOCKETIO_QMLHTTP2_H

#include "qmlserverextension.h"

#include <EngineIo/Http2>

namespace SocketIo {

// The QML type Http2.
class QmlHttp2 : public SocketIo::QmlServerExtension
{
    Q_OBJECT
    QML_NAMED_ELEMENT(Http2)
    Q_PROPERTY(bool webSockets MEMBER m_webSockets NOTIFY webSocketsChanged)
    Q_PROPERTY(
        int maxConcurrentStreams MEMBER m_maxConcurrentStreams NOTIFY maxConcurrentStreamsChanged)
    Q_PROPERTY(int streamWindowSize MEMBER m_streamWindowSize NOTIFY streamWindowSizeChanged)
    Q_PROPERTY(
        int connectionWindowSize MEMBER m_connectionWindowSize NOTIFY connectionWindowSizeChanged)
    Q_PROPERTY(int floodInterval MEMBER m_floodInterval NOTIFY floodIntervalChanged)
    Q_PROPERTY(int maxResets MEMBER m_maxResets NOTIFY maxResetsChanged)
    Q_PROPERTY(int maxControlFrames MEMBER m_maxControlFrames NOTIFY maxControlFramesChanged)
    Q_PROPERTY(int maxContinuationFrames MEMBER m_maxContinuationFrames NOTIFY
                   maxContinuationFramesChanged)

public:
    explicit QmlHttp2(QObject *parent = nullptr);

    void start(Server *server) override;

Q_SIGNALS:
    void webSocketsChanged();
    void maxConcurrentStreamsChanged();
    void streamWindowSizeChanged();
    void connectionWindowSizeChanged();
    void floodIntervalChanged();
    void maxResetsChanged();
    void maxControlFramesChanged();
    void maxContinuationFramesChanged();

private:
    using Options = EngineIo::Http2Options;

    bool m_webSockets = Options().webSockets;
    int m_maxConcurrentStreams = Options().maxConcurrentStreams;
    int m_streamWindowSize = Options().streamWindowSize;
    int m_connectionWindowSize = Options().connectionWindowSize;
    int m_floodInterval = int(Options().floodInterval.count());
    int m_maxResets = Options().maxResets;
    int m_maxControlFrames = Options().maxControlFrames;
    int m_maxContinuationFrames = Options().maxContinuationFrames;
};

} // namespace SocketIo

#endif
