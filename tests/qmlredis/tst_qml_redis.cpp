// SPDX-License-Identifier: MIT
#include "integration/cluster/redisserver.h"

#include <QtQml/qqmlcontext.h>
#include <QtQml/qqmlengine.h>
#include <QtQuickTest/quicktest.h>

#include <memory>

class Setup : public QObject
{
    Q_OBJECT

public Q_SLOTS:
    void cleanupTestCase() { m_redis.reset(); }
    void applicationAvailable() { qputenv("QML_XHR_ALLOW_FILE_READ", "1"); } // for guides.js
    void qmlEngineAvailable(QQmlEngine *engine)
    {
        if (RedisServer::isInstalled()) {
            m_redis = std::make_unique<RedisServer>();
            m_redis->start();
        }
        engine->addImportPath(QStringLiteral(QML_IMPORTS));
        engine->rootContext()->setContextProperty(QStringLiteral("redisUrl"),
                                                  m_redis ? m_redis->url().toString() : QString());
    }

private:
    std::unique_ptr<RedisServer> m_redis;
};

QUICK_TEST_MAIN_WITH_SETUP(tst_qml_redis, Setup)
#include "tst_qml_redis.moc"
