// SPDX-License-Identifier: MIT
#ifndef CAT_H
#define CAT_H

#include "catoptions.h"

#include <SocketIo/ClientSocket>

#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>
#include <QtCore/qtimer.h>

enum class CatStatus {
    Success = 0,
    WrongUsage = 1,
    TimedOut = 2,
    ConnectionFailed = 3,
};

// Does what the command line says and ends the application.
class Cat : public QObject
{
    Q_OBJECT

public:
    explicit Cat(const CatOptions &options);
    void start();

private:
    void connected();
    void emitEvent();
    void acknowledged(const QVariantList &args);
    void eventReceived(const QString &event, const QVariantList &args);
    void proceed();
    void deliver();
    void disconnected(const QString &why);
    void timedOut();
    void fail(CatStatus status, const QString &message);
    void end(CatStatus status);

    const CatOptions m_options;
    QPointer<SocketIo::ClientSocket> m_socket;
    QTimer m_timer;
    int m_printed = 0;
    bool m_isConnected = false; // has been
    bool m_deliveryDue = false;
    bool m_answerDue = false;
};

#endif
