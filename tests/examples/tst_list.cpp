// SPDX-License-Identifier: MIT
#include "contrast.h"
#include "listserver.h"
#include "listwindow.h"
#include "pictures.h"

#include <QtGui/qclipboard.h>
#include <QtTest/qtest.h>
#include <QtWidgets/qlineedit.h>
#include <QtWidgets/qstyle.h>

#include <algorithm>
#include <limits>
#include <memory>

using namespace Qt::StringLiterals;

class tst_List : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void bothSeeTheSame();
    void editsOfDifferentItemsMerge();
    void aConflictIsShownAndResolved_data();
    void aConflictIsShownAndResolved();
    void itsBoxesAndTextsCanBeSeen_data();
    void itsBoxesAndTextsCanBeSeen();
    void saysWhyItIsOffline();
    void aNewListSaysWhatItIsFor();
    void aRefusedEditIsKeptAndSaysWhy();
    void theServerRefusesNonsense_data();
    void theServerRefusesNonsense();

private:
    static QStringList texts(const ListWindow &window)
    {
        QStringList result;
        const SharedList *list = window.list();
        for (int row = 0; row < list->rowCount(); ++row)
            result.append(list->data(list->index(row), Qt::DisplayRole).toString());
        return result;
    }
    static void change(const ListWindow &window, int row, const QString &text)
    {
        window.list()->setData(window.list()->index(row), text, Qt::EditRole);
    }
    QUrl url() const { return QUrl(u"http://127.0.0.1:%1"_s.arg(io->serverPort())); }

    std::unique_ptr<SocketIo::Server> io;
    std::unique_ptr<ListServer> server;
};

namespace {
constexpr int Patience = 30'000;
}

void tst_List::init()
{
    SocketIo::ServerOptions options;
    options.serveClient = false;
    io = std::make_unique<SocketIo::Server>(options);
    server = std::make_unique<ListServer>(io.get());
    QVERIFY(io->listen(QHostAddress::LocalHost));
}

void tst_List::cleanup()
{
    server.reset();
    io.reset();
}

void tst_List::bothSeeTheSame()
{
    ListWindow ada(url());
    ListWindow bob(url());
    ada.show();
    auto *input = ada.findChild<QLineEdit *>(u"input"_s);
    QTest::keyClicks(input, u"Bread"_s);
    QTest::keyClick(input, Qt::Key_Return);
    QTRY_COMPARE_WITH_TIMEOUT(texts(bob), QStringList{u"Bread"_s}, Patience);
    change(bob, 0, u"Rye bread"_s);
    QTRY_COMPARE_WITH_TIMEOUT(texts(ada), QStringList{u"Rye bread"_s}, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(texts(bob), QStringList{u"Rye bread"_s}, Patience);
    bob.list()->setData(bob.list()->index(0), Qt::Checked, Qt::CheckStateRole);
    QTRY_COMPARE_WITH_TIMEOUT(ada.list()->data(ada.list()->index(0), Qt::CheckStateRole).toInt(),
                              int(Qt::Checked), Patience);
    ListWindow late(url());
    QTRY_COMPARE_WITH_TIMEOUT(texts(late), QStringList{u"Rye bread"_s}, Patience);
}

void tst_List::editsOfDifferentItemsMerge()
{
    ListWindow ada(url());
    ListWindow bob(url());
    ada.list()->add(u"Bread"_s);
    ada.list()->add(u"Milk"_s);
    const QStringList both = {u"Bread"_s, u"Milk"_s};
    QTRY_COMPARE_WITH_TIMEOUT(texts(bob), both, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(texts(ada), both, Patience);
    bob.list()->socket()->close();
    QTRY_VERIFY_WITH_TIMEOUT(!bob.list()->socket()->isConnected(), Patience);
    change(bob, 1, u"Oat milk"_s);
    bob.list()->add(u"Tea"_s);
    bob.show();
    QVERIFY(savePicture(&bob, u"list-offline"_s));
    change(ada, 0, u"Rye bread"_s);
    const QStringList waiting = {u"Bread"_s, u"Oat milk (not sent yet)"_s, u"Tea (not sent yet)"_s};
    QCOMPARE(texts(bob), waiting);
    bob.list()->socket()->open();
    const QStringList merged = {u"Rye bread"_s, u"Oat milk"_s, u"Tea"_s};
    QTRY_COMPARE_WITH_TIMEOUT(texts(ada), merged, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(texts(bob), merged, Patience);
    QCOMPARE(bob.list()->waitingCount(), 0);
}

void tst_List::aConflictIsShownAndResolved_data()
{
    QTest::addColumn<QString>("button");
    QTest::addColumn<QString>("result");
    QTest::newRow("mine") << u"keep"_s << u"Oat milk"_s;
    QTest::newRow("theirs") << u"take"_s << u"Soy milk"_s;
}

void tst_List::aConflictIsShownAndResolved()
{
    QFETCH(QString, button);
    QFETCH(QString, result);
    ListWindow ada(url());
    ListWindow bob(url());
    bob.show();
    ada.list()->add(u"Milk"_s);
    QTRY_COMPARE_WITH_TIMEOUT(texts(bob), QStringList{u"Milk"_s}, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(texts(ada), QStringList{u"Milk"_s}, Patience);
    bob.list()->socket()->close();
    QTRY_VERIFY_WITH_TIMEOUT(!bob.list()->socket()->isConnected(), Patience);
    change(bob, 0, u"Oat milk"_s);
    change(ada, 0, u"Soy milk"_s);
    QTRY_COMPARE_WITH_TIMEOUT(texts(ada), QStringList{u"Soy milk"_s}, Patience);
    bob.list()->socket()->open();
    QTRY_VERIFY_WITH_TIMEOUT(bob.list()->isInConflict(0), Patience);
    QCOMPARE(texts(bob), QStringList{u"Oat milk (changed meanwhile to: Soy milk)"_s});
    bob.findChild<QListView *>()->setCurrentIndex(bob.list()->index(0));
    QVERIFY(savePictures(&bob, u"list-conflict"_s));
    auto *choice = bob.findChild<QPushButton *>(button);
    QVERIFY(choice->isEnabled());
    QTest::mouseClick(choice, Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(texts(ada), QStringList{result}, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(texts(bob), QStringList{result}, Patience);
    QVERIFY(!choice->isEnabled());
}

void tst_List::itsBoxesAndTextsCanBeSeen_data()
{
    QTest::addColumn<QPalette>("palette");
    QTest::newRow("light") << QPalette(QColor(0xef, 0xef, 0xef));
    QTest::newRow("dark") << darkPalette();
}

void tst_List::itsBoxesAndTextsCanBeSeen()
{
    QFETCH(QPalette, palette);
    ListWindow ada(url());
    ada.setPalette(palette);
    ada.show();
    QTRY_VERIFY_WITH_TIMEOUT(ada.list()->socket()->isConnected(), Patience);
    ada.list()->add(u"Bread"_s);
    QTRY_COMPARE_WITH_TIMEOUT(ada.list()->waitingCount(), 0, Patience);
    const auto *view = ada.findChild<QListView *>();
    const QImage image = view->viewport()->grab().toImage();
    const QRect row = view->visualRect(ada.list()->index(0));
    const auto greatestContrast = [&image](const QRect &part) {
        double greatest = 1;
        for (int y = part.top(); y <= part.bottom(); ++y) {
            for (int x = part.left(); x <= part.right(); ++x)
                greatest = std::max(
                    greatest, contrast(image.pixelColor(x, y), image.pixelColor(part.topLeft())));
        }
        return greatest;
    };
    const int boxWidth = view->style()->pixelMetric(QStyle::PM_IndicatorWidth) + 5;
    const QRect box(row.topLeft(), QSize(boxWidth, row.height()));
    QVERIFY(greatestContrast(box) >= GraphicContrast);
    QVERIFY(greatestContrast(row.adjusted(boxWidth, 0, 0, 0)) >= TextContrast);
}

void tst_List::saysWhyItIsOffline()
{
    ListWindow ada(url());
    QTRY_VERIFY_WITH_TIMEOUT(ada.list()->socket()->isConnected(), Patience);
    const auto *state = ada.findChild<QLabel *>(u"state"_s);
    QTRY_COMPARE_WITH_TIMEOUT(state->text(), u"Online."_s, Patience);
    const QString address = u"127.0.0.1:%1"_s.arg(io->serverPort());
    cleanup();
    QTRY_VERIFY_WITH_TIMEOUT(state->text().contains(u"Next attempt in "_s), Patience);
    QVERIFY2(state->text().startsWith(u"Offline: "_s), qPrintable(state->text()));
    QVERIFY2(state->text().contains(address), qPrintable(state->text()));
    ada.list()->add(u"Tea"_s);
    QVERIFY2(state->text().endsWith(u" 1 change to be sent or resolved."),
             qPrintable(state->text()));
}

void tst_List::aNewListSaysWhatItIsFor()
{
    ListWindow ada(url());
    ada.showAddress(url());
    ada.show();
    QTRY_VERIFY_WITH_TIMEOUT(ada.list()->socket()->isConnected(), Patience);
    const auto *view = ada.findChild<QListView *>();
    QVERIFY(!view->accessibleDescription().isEmpty());
    const QImage empty = view->viewport()->grab().toImage();
    QVERIFY(savePicture(&ada, u"list-empty"_s));
    ada.list()->add(QString());
    QTRY_VERIFY_WITH_TIMEOUT(view->viewport()->grab().toImage() != empty, Patience);
    QTest::mouseClick(ada.findChild<QPushButton *>(u"copy"_s), Qt::LeftButton);
    QCOMPARE(QGuiApplication::clipboard()->text(), url().toString());
}

void tst_List::aRefusedEditIsKeptAndSaysWhy()
{
    ListWindow ada(url());
    ada.show();
    QTRY_VERIFY_WITH_TIMEOUT(ada.list()->socket()->isConnected(), Patience);
    int answers = 0;
    for (int i = 0; i < 1000; ++i) {
        ada.list()
            ->socket()
            ->emitWithAck(u"edit"_s, QVariantMap{{u"id"_s, QString::number(i)}})
            ->then(this, [&] { ++answers; });
    }
    ada.list()->add(u"Tea"_s);
    const QStringList refused{u"Tea (refused: the list has 1000 items already, as many as fit)"_s};
    QTRY_COMPARE_WITH_TIMEOUT(texts(ada), refused, Patience);
    QCOMPARE(answers, 1000);
    QCOMPARE(ada.list()->waitingCount(), 1);
    QVERIFY(savePicture(&ada, u"list-refused"_s));
    ListWindow bob(url());
    QTRY_COMPARE_WITH_TIMEOUT(texts(bob).size(), 1000, Patience);
}

void tst_List::theServerRefusesNonsense_data()
{
    QTest::addColumn<QVariantMap>("edit");
    QTest::addColumn<QString>("problem");
    const auto row = [](const char *name, const QString &problem, const QString &key,
                        const QVariant &value) {
        QVariantMap edit{{u"id"_s, u"a"_s}, {u"text"_s, u"Bread"_s}};
        edit.insert(key, value);
        QTest::newRow(name) << edit << problem;
    };
    row("long id", u"an item has an id of at most 50 characters"_s, u"id"_s, QString(60, u'x'));
    row("no id", u"an item has an id of at most 50 characters"_s, u"id"_s, QString());
    row("long text", u"an item has at most 200 characters"_s, u"text"_s, QString(201, u'x'));
    row("the greatest version", u"an item can be changed 1000000000 times"_s, u"version"_s,
        std::numeric_limits<int>::max());
    row("negative version", u"an item can be changed 1000000000 times"_s, u"version"_s, -1);
}

void tst_List::theServerRefusesNonsense()
{
    QFETCH(QVariantMap, edit);
    QFETCH(QString, problem);
    ListWindow ada(url());
    ListWindow bob(url());
    QTRY_VERIFY_WITH_TIMEOUT(bob.list()->socket()->isConnected(), Patience);
    QVariantList answer;
    ada.list()->socket()->emitWithAck(u"edit"_s, edit)->then(this, [&](const QVariantList &args) {
        answer = args;
    });
    QTRY_COMPARE_WITH_TIMEOUT(answer.size(), 3, Patience);
    QCOMPARE(answer.first(), QVariant(false));
    QCOMPARE(answer.last(), QVariant(problem));
    ada.list()->add(u"Tea"_s);
    QTRY_COMPARE_WITH_TIMEOUT(texts(bob), QStringList{u"Tea"_s}, Patience);
}

QTEST_MAIN(tst_List)
#include "tst_list.moc"
