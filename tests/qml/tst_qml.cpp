// SPDX-License-Identifier: MIT
#include "snippets/sortedmodel.h"
#include "testpeer.h"

#include <QtQml/qqmlcontext.h>
#include <QtQml/qqmlengine.h>
#include <QtQuickTest/quicktest.h>

class Setup : public QObject
{
    Q_OBJECT

public Q_SLOTS:
    void cleanupTestCase() { m_peer.reset(); }
    void applicationAvailable()
    {
        qputenv("QML_XHR_ALLOW_FILE_READ", "1"); // for guides.js
        m_peer = std::make_unique<TestPeer>();
        qmlRegisterType<SortedModel>("Snippets", 1, 0, "SortedModel");
    }
    void qmlEngineAvailable(QQmlEngine *engine)
    {
        m_peer->watchEngine(engine);
        engine->addImportPath(QStringLiteral(QML_IMPORTS));
        engine->rootContext()->setContextProperty(QStringLiteral("peer"), m_peer.get());
    }

private:
    std::unique_ptr<TestPeer> m_peer;
};

QUICK_TEST_MAIN_WITH_SETUP(tst_qml, Setup)
#include "tst_qml.moc"
