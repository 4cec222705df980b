// SPDX-License-Identifier: MIT
#include "joinurl.h"
#include "painter.h"
#include "pictures.h"
#include "startdialog.h"
#include "widgetparts.h"

#include <QtCore/qprocess.h>
#include <QtCore/qtimer.h>
#include <QtGui/qclipboard.h>
#include <QtNetwork/qnetworkinterface.h>
#include <QtWidgets/qdialogbuttonbox.h>
#include <QtWidgets/qlineedit.h>
#include <QtWidgets/qpushbutton.h>
#include <QtWidgets/qradiobutton.h>
#include <QtWidgets/qspinbox.h>
#include <QtWidgets/qtoolbutton.h>

#include <algorithm>

using namespace SocketIo;

// The window, how it is begun, and the program.
class tst_Whiteboard_Window : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aNewBoardSaysWhatItIsFor();
    void itsIconsAreSharp();
    void allOfItIsReachedWithTheKeyboard();
    void theCommonActionsHaveShortcuts();
    void itFitsANarrowWindow();
    void theAddressForOthersIsOneTheyReach_data();
    void theAddressForOthersIsOneTheyReach();
    void whatCannotBeginAsksAgain_data();
    void whatCannotBeginAsksAgain();
    void theProgramHosts();
};

void tst_Whiteboard_Window::aNewBoardSaysWhatItIsFor()
{
    Host host;
    Painter ada(host.url(), u"Ada"_s);
    ada.window.showAddress(host.url());
    QTRY_VERIFY(ada.board->isOnline());
    const auto ink = [&ada] {
        const QImage image = ada.canvas->grab().toImage();
        int count = 0;
        for (int y = image.height() / 3; y < image.height() * 2 / 3; ++y) {
            for (int x = image.width() / 4; x < image.width() * 3 / 4; ++x)
                count += image.pixelColor(x, y) != Paper;
        }
        return count;
    };
    QVERIFY(ink() > 100);
    QVERIFY(savePicture(&ada.window, u"whiteboard-empty"_s));
    ada.draw({0, 0}, {10, 0});
    QCOMPARE(ink(), 0);
    QTest::mouseClick(ada.window.findChild<QPushButton *>(u"copy"_s), Qt::LeftButton);
    QCOMPARE(QGuiApplication::clipboard()->text(), host.url().toString());
    // What is around the paper follows the system's colors.
    const auto margin = [&ada] {
        return ada.canvas->grab().toImage().pixelColor(ada.canvas->width() / 2, 1).lightness();
    };
    QVERIFY(margin() > 200);
    ada.window.setPalette(darkPalette());
    QVERIFY(margin() < 60);
}

void tst_Whiteboard_Window::itsIconsAreSharp()
{
    Host host;
    Painter ada(host.url(), u"Ada"_s);
    int count = 0;
    const QList<QAction *> actions = ada.window.findChildren<QAction *>();
    for (const QAction *action : actions) {
        if (action->icon().isNull())
            continue;
        ++count;
        for (const int scale : {1, 2, 3}) {
            QCOMPARE(action->icon().pixmap(QSize(24, 24), scale).size(),
                     QSize(24 * scale, 24 * scale));
        }
    }
    QVERIFY(count > 6);
}

void tst_Whiteboard_Window::allOfItIsReachedWithTheKeyboard()
{
    Host host;
    Painter ada(host.url(), u"Ada"_s);
    ada.window.showAddress(host.url());
    QTRY_COMPARE(ada.people().size(), 1);
    ada.draw(Left, Right); // so that there is something to undo
    ada.window.activateWindow();
    auto *last = ada.window.findChild<QWidget *>(u"copy"_s);
    last->setFocus();
    QTest::keyClick(last, Qt::Key_Tab);
    QStringList reached;
    const QStringList order = {u"Blue"_s,  u"Red"_s,     u"Teal"_s,     u"Yellow"_s,
                               u"Green"_s, u"Width 4"_s, u"Width 10"_s, u"Width 24"_s,
                               u"Undo"_s,  u"people"_s,  u"copy"_s};
    for (qsizetype i = 0; i < order.size(); ++i) {
        QWidget *widget = ada.window.focusWidget();
        reached.append(widget->objectName());
        const QImage focused = widget->grab().toImage();
        QTest::keyClick(widget, Qt::Key_Tab);
        QVERIFY2(widget->grab().toImage() != focused, qPrintable(widget->objectName()));
    }
    QCOMPARE(reached, order);
    QCOMPARE(ada.window.focusWidget()->objectName(), order.constFirst()); // and around
    QTest::keyClick(ada.window.focusWidget(), Qt::Key_Tab);
    QTest::keyClick(ada.window.focusWidget(), Qt::Key_Space);
    QCOMPARE(ada.canvas->color(), Red);
}

void tst_Whiteboard_Window::theCommonActionsHaveShortcuts()
{
    Host host;
    Painter ada(host.url(), u"Ada"_s);
    QTRY_COMPARE(ada.people().size(), 1);
    QVERIFY(QTest::qWaitForWindowActive(&ada.window));
    QTest::keyClick(&ada.window, Qt::Key_2);
    QCOMPARE(ada.canvas->color(), Red);
    QTest::keyClick(&ada.window, Qt::Key_8);
    QCOMPARE(ada.canvas->penWidth(), 24);
    ada.draw(Left, Right);
    QCOMPARE(ada.board->strokes().size(), 1);
    QTest::keySequence(&ada.window, QKeySequence::Undo);
    QCOMPARE(ada.board->strokes().size(), 0);
    // Each tool tells its own.
    const QList<QToolButton *> buttons = ada.window.findChildren<QToolButton *>();
    int count = 0;
    for (const QToolButton *button : buttons) {
        const QAction *action = button->defaultAction();
        if (!action)
            continue;
        ++count;
        QVERIFY2(action->toolTip().contains(action->shortcut().toString(QKeySequence::NativeText)),
                 qPrintable(action->toolTip()));
        QVERIFY(!action->shortcut().isEmpty());
    }
    QCOMPARE(count, 9);
    QTest::keyClick(&ada.window, Qt::Key_Q, Qt::ControlModifier);
    QVERIFY(!ada.window.isVisible());
}

void tst_Whiteboard_Window::itFitsANarrowWindow()
{
    Host host;
    Painter ada(host.url(), u"Ada"_s);
    ada.window.showAddress(QUrl(u"http://192.168.100.200:30001"_s));
    QTRY_COMPARE(ada.people().size(), 1);
    ada.window.resize(360, 640);
    QTRY_COMPARE(ada.window.width(), 360);
    const auto placeOf = [&ada](QWidget *widget) {
        return QRect(widget->mapTo(&ada.window, QPoint()), widget->size());
    };
    QTRY_COMPARE(placeOf(ada.canvas).width(), 360);
    QTRY_VERIFY(placeOf(ada.window.findChild<QWidget *>(u"people"_s)).top()
                >= placeOf(ada.canvas).bottom());
    for (const auto &name :
         {u"Blue"_s, u"Undo"_s, u"people"_s, u"state"_s, u"address"_s, u"copy"_s}) {
        auto *widget = ada.window.findChild<QWidget *>(name);
        QVERIFY2(widget->isVisible(), qPrintable(name));
        QVERIFY2(ada.window.rect().contains(placeOf(widget)), qPrintable(name));
    }
    ada.trigger(u"Width 24"_s);
    ada.draw(Left, Right);
    QCOMPARE(ada.at(Middle), Ink);
    ada.window.resize(1000, 640);
    QTRY_VERIFY(placeOf(ada.window.findChild<QWidget *>(u"people"_s)).left()
                > placeOf(ada.canvas).center().x());
}

void tst_Whiteboard_Window::theAddressForOthersIsOneTheyReach_data()
{
    QTest::addColumn<QString>("listening");
    QTest::addColumn<QString>("own");
    QTest::addColumn<QString>("others"); // empty: as this computer's network has it
    QTest::newRow("all addresses") << u"0.0.0.0"_s << u"http://127.0.0.1:3001"_s << QString();
    QTest::newRow("all addresses of IPv6") << u"::"_s << u"http://[::1]:3001"_s << QString();
    QTest::newRow("one address") << u"192.168.1.2"_s << u"http://192.168.1.2:3001"_s
                                 << u"http://192.168.1.2:3001"_s;
    QTest::newRow("this computer")
        << u"127.0.0.1"_s << u"http://127.0.0.1:3001"_s << u"http://127.0.0.1:3001"_s;
}

void tst_Whiteboard_Window::theAddressForOthersIsOneTheyReach()
{
    QFETCH(QString, listening);
    QFETCH(QString, own);
    QFETCH(QString, others);
    const QHostAddress address(listening);
    QCOMPARE(localUrl(address, 3001).toString(), own);
    const QUrl url = joinUrl(address, 3001);
    if (!others.isEmpty()) {
        QCOMPARE(url.toString(), others);
    } else {
        const QList<QHostAddress> all = QNetworkInterface::allAddresses();
        const bool hasNetwork = std::any_of(all.begin(), all.end(), [](const QHostAddress &each) {
            return each.protocol() == QAbstractSocket::IPv4Protocol && !each.isLoopback()
                && !each.isLinkLocal();
        });
        QCOMPARE(isLoopback(url), !hasNetwork);
        QVERIFY(all.contains(QHostAddress(url.host())));
    }
    const JoinAddress shown(url);
    QCOMPARE(shown.findChild<QLabel *>(u"address"_s)->text(), url.toString());
    QCOMPARE(shown.findChild<QLabel *>(u"caption"_s)->text(),
             isLoopback(url) ? u"Join from this computer only:"_s : u"Others join at"_s);
}

void tst_Whiteboard_Window::whatCannotBeginAsksAgain_data()
{
    QTest::addColumn<Start>("start");
    QTest::addColumn<QString>("problem"); // as the program found it
    QTest::addColumn<QString>("shown");
    Start start;
    start.address = u"127.0.0.1"_s;
    start.port = 0; // stands for one that is taken
    QTest::newRow("a port that is taken") << start << QString() << u"Choose another port"_s;
    QTest::newRow("a port that is none")
        << start << u"--port needs a number"_s << u"--port needs a number"_s;
    start.address = u"nowhere"_s;
    QTest::newRow("an address that is none") << start << QString() << u"\"nowhere\""_s;
    start = {};
    start.host = false;
    start.url.clear();
    QTest::newRow("nowhere to join") << start << QString() << u"Enter the address"_s;
    start = {};
    start.room.clear();
    QTest::newRow("no board") << start << QString() << u"Enter the name"_s;
}

void tst_Whiteboard_Window::whatCannotBeginAsksAgain()
{
    QFETCH(Start, start);
    QFETCH(QString, problem);
    QFETCH(QString, shown);
    Host taken;
    if (start.port == 0)
        start.port = taken.io.serverPort();
    Server io;
    QString text;
    QTimer answers;
    connect(&answers, &QTimer::timeout, this, [&] {
        auto *dialog = qobject_cast<StartDialog *>(QApplication::activeModalWidget());
        if (!dialog)
            return;
        answers.stop();
        if (const auto *label = dialog->findChild<QLabel *>(u"problem"_s))
            text = label->text();
        QVERIFY(savePicture(dialog, u"whiteboard-start"_s));
        dialog->findChild<QRadioButton *>(u"host"_s)->setChecked(true);
        dialog->findChild<QLineEdit *>(u"address"_s)->setText(u"127.0.0.1"_s);
        dialog->findChild<QLineEdit *>(u"room"_s)->setText(u"board"_s);
        dialog->findChild<QSpinBox *>(u"port"_s)->setValue(0);
        QTest::mouseClick(dialog->findChild<QDialogButtonBox *>()->button(QDialogButtonBox::Ok),
                          Qt::LeftButton);
    });
    answers.start(10);
    QVERIFY(begin(&start, &io, problem.isEmpty(), problem));
    QVERIFY2(text.contains(shown), qPrintable(text));
    QVERIFY(io.isListening());
    QCOMPARE(start.port, 0);
}

void tst_Whiteboard_Window::theProgramHosts()
{
    QProcess program;
    program.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    program.start(
        QStringLiteral(WHITEBOARD),
        {u"--host"_s, u"--address"_s, u"127.0.0.1"_s, u"--port"_s, u"0"_s, u"--nick"_s, u"Host"_s});
    QByteArray line;
    while (!line.endsWith('\n') && program.waitForReadyRead(20000))
        line += program.readLine();
    QVERIFY2(line.startsWith("listening "), line.constData());
    const QUrl url(u"http://127.0.0.1:"_s + QString::fromLatin1(line.mid(10).trimmed()));
    {
        Painter ada(url, u"Ada"_s);
        Painter bob(url, u"Bob"_s);
        ada.window.showAddress(QUrl(u"http://192.168.1.20:3001"_s));
        const QStringList people = {u"Ada (you)"_s, u"Bob"_s, u"Host"_s};
        QTRY_COMPARE_WITH_TIMEOUT(ada.people(), people, 20000);
        QTRY_COMPARE(bob.people().size(), 3);
        // Something for the picture, drawn by both.
        const QStringList colors = {u"Blue"_s, u"Red"_s, u"Teal"_s, u"Yellow"_s};
        for (int i = 0; i < 4; ++i) {
            Painter &painter = i % 2 ? ada : bob;
            painter.trigger(colors.at(i));
            painter.trigger(i % 2 ? u"Width 10"_s : u"Width 4"_s);
            const auto wave = [i](int x) {
                return QPointF(200 + 12 * x, 300 + 110 * i + 60 * std::sin(x / 10.0 + i));
            };
            painter.press(wave(0));
            for (int x = 1; x <= 100; ++x)
                painter.move(wave(x));
            painter.release(wave(100));
        }
        QTRY_COMPARE(ada.board->strokes().size(), 4);
        bob.move({900, 180});
        QTRY_COMPARE(ada.at(QPointF(908, 192)), QColor(bob.board->self().color));
        QVERIFY(savePictures(&ada.window, u"whiteboard"_s));
    }
    program.kill();
    QVERIFY(program.waitForFinished());
}

QTEST_MAIN(tst_Whiteboard_Window)
#include "tst_whiteboard_window.moc"
