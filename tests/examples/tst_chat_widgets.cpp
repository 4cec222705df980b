// SPDX-License-Identifier: MIT
#include "chatwindow.h"
#include "pictures.h"

#include <SocketIo/Manager>

#include <QtCore/qprocess.h>
#include <QtGui/qclipboard.h>
#include <QtTest/qtest.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;

// The chat's server in a process of its own, as the windows and browsers meet it.
class ChatServer
{
public:
    ~ChatServer() { stop(); }
    bool start()
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(QStringLiteral(CHAT_SERVER), {u"--port"_s, QString::number(m_port)});
        while (m_process.waitForReadyRead(20000)) {
            while (m_process.canReadLine()) {
                const QByteArray line = m_process.readLine();
                if (line.startsWith("listening ")) {
                    m_port = line.mid(10).trimmed().toUShort();
                    return m_port != 0;
                }
            }
        }
        return false;
    }
    void stop()
    {
        m_process.kill();
        m_process.waitForFinished();
    }
    QUrl url() const { return QUrl(u"http://127.0.0.1:%1"_s.arg(m_port)); }

private:
    QProcess m_process;
    quint16 m_port = 0;
};

class tst_Chat_Widgets : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QVERIFY(server.start()); }
    void cleanup() { server.stop(); }
    void twoWindowsTalk();
    void aNewWindowSaysWhatItIsFor();
    void aLateWindowShowsWhatWasSaid();
    void typingIsSeenByOthers();
    void theWindowComesBackWithItsServer();
    void whatIsTypedOfflineArrivesAfterTheJoin();
    void aRefusedMessageStaysWithTheReason();
    void anAddressThatIsNoneIsNamed();

private:
    static QStringList texts(const ChatWindow &window, const QString &list);
    static void say(ChatWindow &window, const QString &text);
    static QString state(const ChatWindow &window)
    {
        return window.findChild<QLabel *>(u"state"_s)->text();
    }

    ChatServer server;
};

QStringList tst_Chat_Widgets::texts(const ChatWindow &window, const QString &list)
{
    QStringList result;
    const auto *widget = window.findChild<QListWidget *>(list);
    for (int row = 0; row < widget->count(); ++row)
        result.append(widget->item(row)->text().section(u'\n', -1));
    return result;
}

void tst_Chat_Widgets::say(ChatWindow &window, const QString &text)
{
    auto *input = window.findChild<QLineEdit *>(u"input"_s);
    QTRY_VERIFY(input->isEnabled());
    QTest::keyClicks(input, text);
    QTest::keyClick(input, Qt::Key_Return);
}

void tst_Chat_Widgets::twoWindowsTalk()
{
    ChatWindow ada(server.url(), u"Ada"_s);
    ChatWindow bob(server.url(), u"Bob"_s);
    ada.show();
    bob.show();
    const QStringList both = {u"Ada"_s, u"Bob"_s};
    QTRY_COMPARE(texts(ada, u"names"_s), both);
    QTRY_COMPARE(texts(bob, u"names"_s), both);
    QTRY_COMPARE(state(ada), u"websocket"_s);

    say(ada, u"Hello Bob"_s);
    QTRY_COMPARE(texts(bob, u"messages"_s), QStringList{u"Hello Bob"_s});
    say(bob, u"Hello Ada"_s);
    say(bob, u"How is the engine?"_s);
    const QStringList talk = {u"Hello Bob"_s, u"Hello Ada"_s, u"How is the engine?"_s};
    QTRY_COMPARE(texts(ada, u"messages"_s), talk);
    QTRY_COMPARE(texts(bob, u"messages"_s), talk);

    // One's own words stand on the right.
    const auto *list = ada.findChild<QListWidget *>(u"messages"_s);
    QVERIFY(list->item(0)->textAlignment() & Qt::AlignRight);
    QVERIFY(list->item(1)->textAlignment() & Qt::AlignLeft);
    const QImage image = ada.grab().toImage();
    QVERIFY(savePictures(&ada, u"chat-widgets"_s));
    // Each message leaves ink in its own row.
    for (int row = 0; row < list->count(); ++row) {
        const QRect place = list->visualItemRect(list->item(row));
        const QPoint origin = list->viewport()->mapTo(&ada, place.topLeft());
        const QImage part = image.copy(QRect(origin, place.size()));
        const QRgb background = part.pixel(0, 0);
        int ink = 0;
        for (int y = 0; y < part.height(); ++y)
            for (int x = 0; x < part.width(); ++x)
                ink += part.pixel(x, y) != background;
        QVERIFY2(ink > 100, qPrintable(list->item(row)->text()));
    }
}

void tst_Chat_Widgets::aNewWindowSaysWhatItIsFor()
{
    ChatWindow ada(server.url(), u"Ada"_s);
    ada.show();
    QTRY_COMPARE(texts(ada, u"names"_s), QStringList{u"Ada"_s});
    // The empty list says that nobody has spoken.
    auto *list = ada.findChild<QListWidget *>(u"messages"_s);
    const auto ink = [list] {
        const QImage image = list->viewport()->grab().toImage();
        int count = 0;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x)
                count += image.pixel(x, y) != image.pixel(0, 0);
        }
        return count;
    };
    QVERIFY(ink() > 100);
    QVERIFY(savePicture(&ada, u"chat-widgets-empty"_s));
    list->addItem(QString());
    QCOMPARE(ink(), 0);
    list->clear();
    QVERIFY(ink() > 100);
    // The keyboard begins where one types.
    QCOMPARE(ada.focusWidget(), ada.findChild<QWidget *>(u"input"_s));
    // Each part can be reached with the Tab key, and shows that it was.
    QStringList reached;
    for (int i = 0; i < 6; ++i) {
        reached.append(ada.focusWidget()->objectName());
        const QImage before = ada.focusWidget()->grab().toImage();
        QWidget *widget = ada.focusWidget();
        QTest::keyClick(widget, Qt::Key_Tab);
        QVERIFY2(ada.focusWidget() != widget, qPrintable(reached.join(u' ')));
        QVERIFY2(widget->grab().toImage() != before, qPrintable(widget->objectName()));
    }
    for (const auto &name : {u"input"_s, u"sendButton"_s, u"messages"_s, u"names"_s, u"copy"_s})
        QVERIFY2(reached.contains(name), qPrintable(reached.join(u' ')));
    // The address for others can be copied. This server listens to its own computer alone.
    QCOMPARE(ada.findChild<QLabel *>(u"caption"_s)->text(), u"Join from this computer only:"_s);
    QCOMPARE(ada.findChild<QLabel *>(u"address"_s)->text(), server.url().toString());
    QTest::mouseClick(ada.findChild<QPushButton *>(u"copy"_s), Qt::LeftButton);
    QCOMPARE(QGuiApplication::clipboard()->text(), server.url().toString());
}

void tst_Chat_Widgets::aLateWindowShowsWhatWasSaid()
{
    ChatWindow ada(server.url(), u"Ada"_s);
    QTRY_COMPARE(texts(ada, u"names"_s), QStringList{u"Ada"_s});
    say(ada, u"Anybody here?"_s);
    QTRY_COMPARE(texts(ada, u"messages"_s), QStringList{u"Anybody here?"_s});
    ChatWindow late(server.url(), u"Ada"_s);
    QTRY_COMPARE(texts(late, u"messages"_s), QStringList{u"Anybody here?"_s});
    // The name was taken.
    QTRY_COMPARE(late.windowTitle(), u"Ada 2 - QtSocketIo chat"_s);
}

void tst_Chat_Widgets::typingIsSeenByOthers()
{
    ChatWindow ada(server.url(), u"Ada"_s);
    ChatWindow bob(server.url(), u"Bob"_s);
    QTRY_COMPARE(texts(ada, u"names"_s).size(), 2);
    auto *input = bob.findChild<QLineEdit *>(u"input"_s);
    QTRY_VERIFY(input->isEnabled());
    QTest::keyClicks(input, u"We"_s);
    auto *label = ada.findChild<QLabel *>(u"typingLabel"_s);
    QTRY_COMPARE(label->text(), u"Bob is typing"_s);
    QTRY_COMPARE(label->text(), QString());
}

void tst_Chat_Widgets::theWindowComesBackWithItsServer()
{
    ChatWindow ada(server.url(), u"Ada"_s);
    QTRY_COMPARE(texts(ada, u"names"_s), QStringList{u"Ada"_s});
    server.stop();
    QTRY_VERIFY(state(ada).startsWith(u"Offline: "_s));
    QTRY_VERIFY2(state(ada).contains(u"Next attempt in "_s), qPrintable(state(ada)));
    QVERIFY(server.start());
    QTRY_COMPARE_WITH_TIMEOUT(state(ada), u"websocket"_s, 20000);
    say(ada, u"Here again"_s);
    QTRY_COMPARE(texts(ada, u"messages"_s), QStringList{u"Here again"_s});
}

void tst_Chat_Widgets::whatIsTypedOfflineArrivesAfterTheJoin()
{
    ChatWindow bob(server.url(), u"Bob"_s);
    QTRY_COMPARE(texts(bob, u"names"_s), QStringList{u"Bob"_s});
    const QUrl url = server.url();
    server.stop();
    ChatWindow ada(url, u"Ada"_s);
    ada.show();
    const QStringList typed = {u"First"_s, u"Second"_s};
    say(ada, typed.first());
    ada.findChild<QLineEdit *>(u"input"_s)->setText(typed.last());
    QTest::mouseClick(ada.findChild<QPushButton *>(u"sendButton"_s), Qt::LeftButton);
    QCOMPARE(texts(ada, u"messages"_s), typed); // shown at once, as waiting
    QVERIFY(ada.findChild<QListWidget *>(u"messages"_s)->item(0)->text().startsWith(u"Waiting"_s));
    QTRY_VERIFY_WITH_TIMEOUT(state(ada).contains(u"connection refused"_s), 60000);
    QVERIFY(savePicture(&ada, u"chat-widgets-offline"_s));
    QVERIFY(server.start());
    QTRY_COMPARE_WITH_TIMEOUT(state(ada), u"websocket"_s, 60000);
    QTRY_VERIFY_WITH_TIMEOUT(
        ada.findChild<QListWidget *>(u"messages"_s)->item(0)
            && ada.findChild<QListWidget *>(u"messages"_s)->item(0)->text().startsWith(u"Ada"_s),
        60000);
    QTRY_COMPARE_WITH_TIMEOUT(texts(ada, u"messages"_s), typed, 60000);
    QTRY_COMPARE_WITH_TIMEOUT(texts(bob, u"messages"_s), typed, 60000);
}

void tst_Chat_Widgets::aRefusedMessageStaysWithTheReason()
{
    ChatWindow ada(server.url(), u"Ada"_s);
    ada.show();
    QTRY_COMPARE(texts(ada, u"names"_s), QStringList{u"Ada"_s});
    auto *input = ada.findChild<QLineEdit *>(u"input"_s);
    const QString text(2001, u'x');
    input->setMaxLength(5000);
    input->setText(text);
    QTest::keyClick(input, Qt::Key_Return);
    const auto *messages = ada.findChild<QListWidget *>(u"messages"_s);
    QTRY_COMPARE(messages->count(), 1);
    const QString shown = u"Refused: A message has at most 2000 characters\n"_s + text;
    QCOMPARE(messages->item(0)->text(), shown);
    say(ada, u"Shorter"_s);
    QTRY_COMPARE(texts(ada, u"messages"_s), QStringList({text, u"Shorter"_s}));
    // A new connection brings what all have seen; this is what nobody else has.
    server.stop();
    QVERIFY(server.start());
    QTRY_COMPARE_WITH_TIMEOUT(messages->count(), 1, 20000);
    QCOMPARE(messages->item(0)->text(), shown);
}

void tst_Chat_Widgets::anAddressThatIsNoneIsNamed()
{
    for (const auto &address : {u"ftp://localhost"_s, QString()}) {
        ChatWindow ada(QUrl(address), u"Ada"_s);
        QTRY_VERIFY2(state(ada).startsWith(u"Not connected: "_s), qPrintable(state(ada)));
        QVERIFY2(state(ada).contains(address), qPrintable(state(ada)));
    }
}

QTEST_MAIN(tst_Chat_Widgets)
#include "tst_chat_widgets.moc"
