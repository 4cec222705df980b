// SPDX-License-Identifier: MIT
#include <QtCore/qurl.h>
#include <QtNetwork/qnetworkaccessmanager.h>
#include <QtNetwork/qnetworkreply.h>
#include <QtNetwork/qnetworkrequest.h>
#include <QtQml/qqmlcontext.h>
#include <QtQml/qqmlengine.h>
#include <QtQuickTest/quicktest.h>

#include <memory>

// A client of HTTP/2 by prior knowledge.
class Browser : public QObject
{
    Q_OBJECT

public:
    Q_INVOKABLE void get(const QUrl &url)
    {
        QNetworkRequest request(url);
        request.setAttribute(QNetworkRequest::Http2DirectAttribute, true);
        QNetworkReply *reply = m_manager.get(request);
        connect(reply, &QNetworkReply::finished, this, [this, reply] {
            reply->deleteLater();
            Q_EMIT answered(reply->attribute(QNetworkRequest::Http2WasUsedAttribute).toBool(),
                            QString::fromUtf8(reply->readAll()));
        });
    }

Q_SIGNALS:
    void answered(bool byHttp2, const QString &text);

private:
    QNetworkAccessManager m_manager;
};

class Setup : public QObject
{
    Q_OBJECT

public Q_SLOTS:
    void cleanupTestCase() { m_browser.reset(); }
    void applicationAvailable()
    {
        qputenv("QML_XHR_ALLOW_FILE_READ", "1"); // for guides.js
        m_browser = std::make_unique<Browser>();
    }
    void qmlEngineAvailable(QQmlEngine *engine)
    {
        engine->addImportPath(QStringLiteral(QML_IMPORTS));
        engine->rootContext()->setContextProperty(QStringLiteral("browser"), m_browser.get());
    }

private:
    std::unique_ptr<Browser> m_browser;
};

QUICK_TEST_MAIN_WITH_SETUP(tst_qml_extensions, Setup)
#include "tst_qml_extensions.moc"
