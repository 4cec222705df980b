// SPDX-License-Identifier: MIT
#include "qmlevent.h"
#include "qmllistmodel.h"
#include "support/testmain.h"

#include <SocketIo/Server>

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qloggingcategory.h>
#include <QtCore/qrandom.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qscopeguard.h>
#include <QtCore/qsortfilterproxymodel.h>
#include <QtQml/qjsengine.h>
#include <QtQml/qqmlengine.h>
#include <QtTest/qabstractitemmodeltester.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

// Clang says by a feature what GCC says by a macro: that a sanitizer slows the test down.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CLANG_SANITIZES
#endif
#endif

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

using namespace Qt::StringLiterals;
using namespace SocketIo;

namespace {

// What a view knows: the rows as they follow from the model's signals alone.
class Follower : public QObject
{
public:
    explicit Follower(const QmlListModel *model)
        : m_model(model)
    {
        connect(model, &QAbstractItemModel::modelReset, this, &Follower::readAll);
        connect(model, &QAbstractItemModel::rowsInserted, this,
                [this](const QModelIndex &, int first, int last) {
                    for (int row = first; row <= last; ++row)
                        rows.insert(row, m_model->get(row));
                });
        connect(model, &QAbstractItemModel::rowsRemoved, this,
                [this](const QModelIndex &, int first, int last) {
                    rows.remove(first, last - first + 1);
                });
        connect(model, &QAbstractItemModel::dataChanged, this,
                [this](const QModelIndex &first, const QModelIndex &last) {
                    for (int row = first.row(); row <= last.row(); ++row)
                        rows[row] = m_model->get(row);
                });
        readAll();
    }

    QList<QVariantMap> rows;

private:
    void readAll()
    {
        rows.clear();
        for (int row = 0; row < m_model->count(); ++row)
            rows.append(m_model->get(row));
    }

    const QmlListModel *m_model;
};

// What the rows should be: each change searches the whole list.
class Expected
{
public:
    void put(const QVariantMap &object, bool merge)
    {
        const qsizetype row = find(object.value(u"id"_s));
        if (row < 0) {
            rows.append(object);
        } else if (merge) {
            for (auto it = object.cbegin(); it != object.cend(); ++it)
                rows[row].insert(it.key(), it.value());
        } else {
            rows[row] = object;
        }
    }
    void remove(const QVariant &key)
    {
        if (const qsizetype row = find(key); row >= 0)
            rows.removeAt(row);
    }
    void keepNewest(int count)
    {
        if (count > 0 && rows.size() > count)
            rows.remove(0, rows.size() - count);
    }

    QList<QVariantMap> rows;

private:
    qsizetype find(const QVariant &key) const
    {
        const auto it = std::find_if(rows.cbegin(), rows.cend(), [&key](const QVariantMap &row) {
            return row.value(u"id"_s) == key;
        });
        return it == rows.cend() ? -1 : it - rows.cbegin();
    }
};

} // namespace

class tst_QmlListModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { model.reset(); }
    void anyChangesKeepViewsRight_data();
    void anyChangesKeepViewsRight();
    void aProxySortsAndFilters_data();
    void aProxySortsAndFilters();
    void eventsArriveFromAServer();
    void aClientMayEnd();
    void takesNonsenseForNoRow_data();
    void takesNonsenseForNoRow();
    void holdsNoMoreThanItsMaximum();
    void aHandlerMayLowerTheMaximum();
    void handlersMayDoAnything_data();
    void handlersMayDoAnything();
    void handlersAreHeardInTheirOrder();
    void aNestedLoopIsIdle();
    void aWarningMayEndIt();
    void tellsThatThereAreTooManyRoles();
    void aFrameIsCheap();

private:
    QJSValue js(const QVariant &value) { return engine.toScriptValue(value); }
    QList<QVariantMap> contents() const
    {
        QList<QVariantMap> rows;
        for (int row = 0; row < model->count(); ++row)
            rows.append(model->get(row));
        return rows;
    }

    void throughAllSignals();

    // What the application does at one of the calls of a signal.
    Q_INVOKABLE void act()
    {
        if (--callsBefore == 0)
            reaction();
    }
    bool hasActed() const { return callsBefore <= 0; }

    QJSEngine engine;
    std::unique_ptr<QmlListModel> model;
    std::function<void()> reaction;
    int callsBefore = 1;
};

void tst_QmlListModel::init()
{
    model = std::make_unique<QmlListModel>();
    model->setKeyRole(u"id"_s);
}

void tst_QmlListModel::anyChangesKeepViewsRight_data()
{
    QTest::addColumn<int>("batchInterval");
    QTest::addColumn<int>("maximum");
    QTest::addColumn<bool>("rolesAreGiven");
    QTest::newRow("batches") << 1000 << 0 << true;
    QTest::newRow("batches, roles are learned") << 1000 << 0 << false;
    QTest::newRow("batches, bounded") << 1000 << 30 << true;
    QTest::newRow("at once") << 0 << 0 << true;
    QTest::newRow("at once, bounded, roles are learned") << 0 << 30 << false;
}

// Random changes of few keys, so that each meets what the one before has done.
void tst_QmlListModel::anyChangesKeepViewsRight()
{
    QFETCH(int, batchInterval);
    QFETCH(int, maximum);
    QFETCH(bool, rolesAreGiven);
    model->setBatchInterval(batchInterval);
    model->setMaximumCount(maximum);
    if (rolesAreGiven)
        model->setRoles({u"id"_s, u"a"_s, u"b"_s});
    const QAbstractItemModelTester tester(model.get(),
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    const Follower view(model.get());
    QSignalSpy counts(model.get(), &QmlListModel::countChanged);
    Expected expected;
    QRandomGenerator random(20);
    const auto object = [&random] {
        QVariantMap map{{u"id"_s, int(random.bounded(50))}};
        if (random.bounded(3))
            map.insert(u"a"_s, int(random.bounded(3)));
        if (random.bounded(3))
            map.insert(u"b"_s, QString::number(random.bounded(3)));
        return map;
    };
    for (int batch = 0; batch < 300; ++batch) {
        const qsizetype countBefore = expected.rows.size();
        counts.clear();
        for (quint32 change = 0; change < (batchInterval ? random.bounded(60U) : 1U); ++change) {
            const quint32 kind = random.bounded(100U);
            const QVariantMap map = object();
            if (kind < 40) {
                model->insert(js(map));
                expected.put(map, false);
            } else if (kind < 65) {
                model->update(js(map));
                expected.put(map, true);
            } else if (kind < 98) {
                model->remove(kind % 2 ? js(map) : js(map.value(u"id"_s)));
                expected.remove(map.value(u"id"_s));
            } else {
                const QVariantMap other{{u"id"_s, 100}};
                model->reset(js(QVariantList{map, other}));
                expected.rows = {map, other};
            }
        }
        model->flush();
        expected.keepNewest(maximum);
        QCOMPARE(contents(), expected.rows);
        QCOMPARE(view.rows, expected.rows);
        for (int row = 0; row < model->count(); ++row)
            QCOMPARE(model->find(js(expected.rows.at(row).value(u"id"_s))), row);
        QCOMPARE(counts.isEmpty(), expected.rows.size() == countBefore);
    }
}

void tst_QmlListModel::aProxySortsAndFilters_data()
{
    QTest::addColumn<bool>("rolesAreGiven");
    QTest::newRow("declared roles") << true;
    QTest::newRow("learned roles") << false;
}

// A proxy follows by the model's signals alone: what it is told late or wrong stays out of order.
void tst_QmlListModel::aProxySortsAndFilters()
{
    QFETCH(bool, rolesAreGiven);
    if (rolesAreGiven)
        model->setRoles({u"id"_s, u"price"_s, u"kind"_s});
    else
        model->insert(js(QVariantMap{{u"id"_s, 0}, {u"price"_s, 0}, {u"kind"_s, u"stock"_s}}));
    model->flush();
    const auto role = [this](const QByteArray &name) { return model->roleNames().key(name); };
    QSortFilterProxyModel proxy;
    proxy.setSourceModel(model.get());
    proxy.setSortRole(role("price"));
    proxy.setFilterRole(role("kind"));
    proxy.setFilterFixedString(u"stock"_s);
    proxy.sort(0, Qt::DescendingOrder);
    const QAbstractItemModelTester tester(&proxy,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    QRandomGenerator random(14);
    for (int batch = 0; batch < 200; ++batch) {
        for (quint32 change = 0; change < random.bounded(20U); ++change) {
            const int id = int(random.bounded(50));
            if (random.bounded(5) == 0)
                model->remove(js(id));
            else
                model->update(
                    js(QVariantMap{{u"id"_s, id},
                                   {u"price"_s, int(random.bounded(100))},
                                   {u"kind"_s, random.bounded(2) ? u"stock"_s : u"bond"_s}}));
        }
        model->flush();
        QList<int> expected;
        for (int row = 0; row < model->count(); ++row) {
            const QVariantMap values = model->get(row);
            if (values.value(u"kind"_s) == u"stock"_s)
                expected.append(values.value(u"price"_s).toInt());
        }
        std::sort(expected.begin(), expected.end(), std::greater<>());
        QList<int> prices;
        for (int row = 0; row < proxy.rowCount(); ++row)
            prices.append(proxy.index(row, 0).data(role("price")).toInt());
        QCOMPARE(prices, expected);
    }
    QVERIFY(proxy.rowCount() > 5);
}

void tst_QmlListModel::eventsArriveFromAServer()
{
    Server io;
    QVERIFY(io.listen(QHostAddress::LocalHost));
    QmlClient client;
    model->setClient(&client);
    model->setResetEvent(u"rows"_s);
    model->setInsertEvent(u"row"_s);
    model->setUpdateEvent(u"row changed"_s);
    model->setRemoveEvent(u"row gone"_s);
    const QAbstractItemModelTester tester(model.get(),
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    client.setUrl(QUrl(u"http://127.0.0.1:%1"_s.arg(io.serverPort())));
    client.open();
    QTRY_VERIFY(client.isConnected());
    const QVariantMap one{{u"id"_s, 1}, {u"a"_s, u"x"_s}};
    const QVariantMap two{{u"id"_s, 2}, {u"a"_s, u"y"_s}};
    io.emitEvent(u"rows"_s, QVariantList{one});
    io.emitEvent(u"row"_s, two);
    io.emitEvent(u"row changed"_s, QVariantMap{{u"id"_s, 1}, {u"b"_s, 5}});
    QTRY_COMPARE(model->count(), 2);
    QTRY_COMPARE(model->get(0).value(u"b"_s).toInt(), 5);
    QCOMPARE(model->get(0).value(u"a"_s), u"x"_s);
    io.emitEvent(u"row gone"_s, 1);
    QTRY_COMPARE(model->count(), 1);
    QCOMPARE(model->get(0).value(u"id"_s).toInt(), 2);
    // What a model no longer listens to does not change it.
    model->setInsertEvent({});
    io.emitEvent(u"row"_s, one);
    io.emitEvent(u"row gone"_s, 2);
    QTRY_COMPARE(model->count(), 0);
}

void tst_QmlListModel::aClientMayEnd()
{
    auto client = std::make_unique<QmlClient>();
    model->setClient(client.get());
    model->setInsertEvent(u"row"_s);
    client.reset();
    QCOMPARE(model->client(), nullptr);
    model->setInsertEvent(u"other"_s);
    model->setClient(nullptr);
}

void tst_QmlListModel::takesNonsenseForNoRow_data()
{
    QTest::addColumn<QString>("value");
    for (const char *value : {"undefined", "null", "1", "'text'", "[]", "[[]]", "{}", "{ a: 1 }",
                              "{ id: null }", "{ id: {} }", "{ id: { b: 1 } }", "{ id: [] }",
                              "{ id: [1, 2] }", "[null]", "[1, 'a', [{ id: 1 }]]", "() => 1"})
        QTest::newRow(value) << u"(%1)"_s.arg(QString::fromLatin1(value));
}

void tst_QmlListModel::takesNonsenseForNoRow()
{
    QFETCH(QString, value);
    const QJSValue nonsense = engine.evaluate(value);
    QVERIFY(!nonsense.isError());
    const QList<QVariantMap> kept{QVariantMap({{u"id"_s, u"kept"_s}})};
    model->insert(js(kept.constFirst()));
    model->insert(nonsense);
    model->flush();
    QCOMPARE(contents(), kept);
    model->update(nonsense);
    model->flush();
    QCOMPARE(contents(), kept);
    model->remove(nonsense);
    model->flush();
    QCOMPARE(contents(), kept);
}

void tst_QmlListModel::holdsNoMoreThanItsMaximum()
{
    model->setMaximumCount(100);
    for (int i = 0; i < 10000; ++i)
        model->insert(js(QVariantMap{{u"id"_s, i}}));
    model->flush();
    QCOMPARE(model->count(), 100);
    QCOMPARE(model->get(0).value(u"id"_s).toInt(), 9900);
    QCOMPARE(model->find(js(9899)), -1);
    QCOMPARE(model->find(js(9999)), 99);
}

void tst_QmlListModel::aHandlerMayLowerTheMaximum()
{
    model->setRoles({u"id"_s});
    const QAbstractItemModelTester tester(model.get(),
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    connect(model.get(), &QAbstractItemModel::rowsInserted, model.get(),
            [this] { model->setMaximumCount(2); });
    model->insert(js(QVariantList{QVariantMap{{u"id"_s, 1}}, QVariantMap{{u"id"_s, 2}},
                                  QVariantMap{{u"id"_s, 3}}}));
    QTRY_COMPARE(model->count(), 2);
    QCOMPARE(model->get(0).value(u"id"_s).toInt(), 2);
}

// Each change that views are told of, and each property.
void tst_QmlListModel::throughAllSignals()
{
    const auto rows = [this](int from, int to) {
        QVariantList list;
        for (int i = from; i < to; ++i)
            list.append(QVariantMap{{u"id"_s, i}, {u"a"_s, i * 10}});
        return js(list);
    };
    const std::function<void()> steps[] = {
        [&] { model->insert(rows(0, 3)); },
        [&] { model->insert(rows(3, 6)); },
        [&] {
            model->update(js(QVariantMap{{u"id"_s, 4}, {u"a"_s, 1}}));
        },
        [&] { model->remove(js(4)); },
        [&] { model->setMaximumCount(2); },
        [&] { model->insert(rows(10, 14)); },
        [&] { model->setKeyRole(u"a"_s); },
        [&] { model->insert(rows(0, 3)); },
        [&] {
            model->setRoles({u"id"_s, u"a"_s});
        },
        [&] { model->insert(rows(0, 3)); },
        [&] {
            model->insert(js(QVariantMap{{u"id"_s, 1}, {u"a"_s, 1}}));
        },
        [&] { model->clear(); },
    };
    for (const auto &step : steps) {
        if (model)
            step();
        if (model)
            model->flush();
    }
}

void tst_QmlListModel::handlersMayDoAnything_data()
{
    QTest::addColumn<QByteArray>("signal");
    QTest::addColumn<QByteArray>("action");
    QTest::addColumn<bool>("isFirst");
    const QByteArrayList signalNames = {
        "modelAboutToBeReset",  "modelReset",          "rowsAboutToBeInserted", "rowsInserted",
        "rowsAboutToBeRemoved", "rowsRemoved",         "dataChanged",           "rolesChanged",
        "keyRoleChanged",       "maximumCountChanged", "countChanged"};
    for (const QByteArray &signal : signalNames) {
        for (const QByteArray &action : QByteArrayList{"roles", "key", "maximum", "insert", "clear",
                                                       "all", "loop", "delete", "throw"}) {
            // There QAbstractItemModel itself goes on with the model.
            if (signal.contains("About") && action == "delete")
                continue;
            QTest::addRow("%s, %s", signal.constData(), action.constData())
                << signal << action << true;
            QTest::addRow("%s, %s, after the views", signal.constData(), action.constData())
                << signal << action << false;
        }
    }
}

// The model stays what its views have heard of, whatever happens in a handler.
void tst_QmlListModel::handlersMayDoAnything()
{
    QFETCH(QByteArray, signal);
    QFETCH(QByteArray, action);
    QFETCH(bool, isFirst);
    const QHash<QByteArray, std::function<void()>> actions = {
        {"roles",
         [this] {
             model->setRoles({u"b"_s, u"id"_s});
         }},
        {"key", [this] { model->setKeyRole(u"b"_s); }},
        {"maximum", [this] { model->setMaximumCount(1); }},
        {"insert",
         [this] {
             model->insert(js(QVariantMap{{u"id"_s, 50}, {u"b"_s, 1}}));
         }},
        {"clear", [this] { model->clear(); }},
        {"all",
         [this] {
             model->setRoles({u"b"_s});
             model->insert(js(QVariantMap{{u"id"_s, 51}, {u"b"_s, 1}}));
             model->setKeyRole(u"b"_s);
             model->insert(js(QVariantMap{{u"id"_s, 52}, {u"b"_s, 2}}));
             model->setMaximumCount(1);
             model->setRoles({});
             model->reset(js(QVariantMap{{u"c"_s, 51}, {u"b"_s, 1}}));
             model->flush();
         }},
        {"loop",
         [this] {
             model->setRoles({u"b"_s});
             model->insert(js(QVariantMap{{u"id"_s, 52}, {u"b"_s, 2}}));
             QCoreApplication::processEvents();
             model->setKeyRole(u"b"_s);
         }},
        {"delete", [this] { model.reset(); }},
        {"throw", [] { throw 7; }},
    };
    static const QMetaObject &meta = QmlListModel::staticMetaObject;
    const auto signalNamed = [](const QByteArray &name) {
        for (int i = 0; i < meta.methodCount(); ++i) {
            if (meta.method(i).methodType() == QMetaMethod::Signal && meta.method(i).name() == name)
                return meta.method(i);
        }
        return QMetaMethod();
    };
    // Of objects without the key.
    QLoggingCategory::setFilterRules(u"qt.socketio.qml.warning=false"_s);
    const auto resetRules = qScopeGuard([] { QLoggingCategory::setFilterRules({}); });
    int calls = 0;
    for (int call = 1; call == 1 || calls >= call - 1; ++call) {
        calls = 0;
        for (const int batchInterval : {0, 10000}) {
            init();
            model->setBatchInterval(batchInterval);
            callsBefore = call;
            reaction = actions.value(action);
            const auto react = [&] {
                QVERIFY(connect(model.get(), signalNamed(signal), this,
                                metaObject()->method(metaObject()->indexOfMethod("act()"))));
            };
            if (isFirst)
                react();
            // It wants to be told of each step, as it is not when a slot in front of it throws.
            std::unique_ptr<QAbstractItemModelTester> tester;
            if (action != "throw") {
                tester = std::make_unique<QAbstractItemModelTester>(
                    model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
            }
            const Follower view(model.get());
            if (!isFirst)
                react();
            throughAllSignals();
            calls = std::max(calls, call - callsBefore);
            const bool isTried = hasActed();
            callsBefore = 0;
            int caught = 0;
            try {
                QCoreApplication::processEvents();
            } catch (int thrown) {
                caught = thrown;
            }
            QCOMPARE(caught, isTried && action == "throw" ? 7 : 0);
            QCOMPARE(model == nullptr, isTried && action == "delete");
            if (!model)
                continue;
            model->flush();
            QCOMPARE(view.rows, contents());
            // And it goes on.
            model->setRoles({u"id"_s, u"b"_s});
            model->setKeyRole(u"id"_s);
            model->setMaximumCount(0);
            model->clear();
            const QVariantMap one{{u"id"_s, 1}, {u"b"_s, 2}};
            const QVariantMap two{{u"id"_s, 2}, {u"b"_s, 3}};
            model->insert(js(QVariantList{one, two}));
            model->flush();
            QCOMPARE(contents(), (QList<QVariantMap>{one, two}));
            QCOMPARE(view.rows, contents());
            QCOMPARE(model->find(js(2)), 1);
        }
    }
    QVERIFY(calls > 0);
}

// What is inserted after a change of the keys has those, and comes when the rows of before have gone.
void tst_QmlListModel::handlersAreHeardInTheirOrder()
{
    model->setBatchInterval(0);
    reaction = [this] {
        model->setKeyRole(u"name"_s);
        model->insert(js(QVariantMap{{u"name"_s, u"x"_s}}));
        model->setRoles({u"name"_s});
        model->insert(js(QVariantMap{{u"name"_s, u"y"_s}}));
        model->setRoles({u"name"_s, u"id"_s});
        model->setRoles({u"name"_s});
        model->insert(js(QVariantMap{{u"name"_s, u"z"_s}}));
    };
    callsBefore = 1;
    connect(model.get(), &QAbstractItemModel::rowsInserted, this, &tst_QmlListModel::act);
    model->setRoles({u"id"_s});
    model->insert(js(QVariantMap{{u"id"_s, 1}}));
    QCOMPARE(model->keyRole(), u"name"_s);
    QCOMPARE(model->roles(), QStringList{u"name"_s});
    QTRY_COMPARE(contents(), (QList<QVariantMap>{{{u"name"_s, u"z"_s}}}));
}

// What has to wait until a handler returns does not keep the handler's event loop busy.
void tst_QmlListModel::aNestedLoopIsIdle()
{
    class Counter : public QObject
    {
    public:
        int events = 0;

    protected:
        bool eventFilter(QObject *, QEvent *) override
        {
            ++events;
            return false;
        }
    };
    Counter counter;
    model->setBatchInterval(0);
    model->setRoles({u"id"_s});
    model->installEventFilter(&counter);
    reaction = [this] {
        model->insert(js(QVariantMap{{u"id"_s, 2}}));
        model->setMaximumCount(1);
        for (int i = 0; i < 100; ++i)
            QCoreApplication::processEvents();
    };
    callsBefore = 1;
    connect(model.get(), &QAbstractItemModel::rowsInserted, this, &tst_QmlListModel::act);
    model->insert(js(QVariantMap{{u"id"_s, 1}}));
    QVERIFY(hasActed());
    QVERIFY2(counter.events < 5, qPrintable(QString::number(counter.events)));
    QTRY_COMPARE(contents(), (QList<QVariantMap>{{{u"id"_s, 2}}}));
}

// The engine tells the application of each warning, by a signal.
void tst_QmlListModel::aWarningMayEndIt()
{
    QQmlEngine qmlEngine;
    qmlEngine.setOutputWarningsToStandardError(false);
    QmlClient client;
    auto event = std::make_unique<QmlEvent>();
    int warnings = 0;
    connect(&qmlEngine, &QQmlEngine::warnings, this, [&] {
        ++warnings;
        model.reset();
        event.reset();
    });
    for (QObject *object :
         {static_cast<QObject *>(model.get()), static_cast<QObject *>(event.get())})
        QQmlEngine::setContextForObject(object, qmlEngine.rootContext());
    model->setInsertEvent(u"connect"_s);
    model->setUpdateEvent(u"disconnect"_s);
    model->setClient(&client);
    QCOMPARE(warnings, 1);
    QVERIFY(!model);
    event = std::make_unique<QmlEvent>();
    QQmlEngine::setContextForObject(event.get(), qmlEngine.rootContext());
    event->setName(u"connect"_s);
    event->setClient(&client);
    QCOMPARE(warnings, 2);
    event = std::make_unique<QmlEvent>();
    QQmlEngine::setContextForObject(event.get(), qmlEngine.rootContext());
    static_cast<QQmlParserStatus *>(event.get())->componentComplete();
    QCOMPARE(warnings, 3);
    QVERIFY(!event);
    QCOMPARE(client.listenerCount(u"connect"_s), 0);
}

void tst_QmlListModel::tellsThatThereAreTooManyRoles()
{
    QVariantMap object{{u"id"_s, 1}};
    for (int i = 0; i < 300; ++i)
        object.insert(u"role%1"_s.arg(i), i);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"more than 256 .*property roles"_s));
    model->insert(js(object));
    model->flush();
    QCoreApplication::processEvents();
    QTest::failOnWarning(QRegularExpression(u"more than 256"_s)); // again
    model->insert(js(object));
    model->flush();
    QCoreApplication::processEvents();
    QCOMPARE(model->roles().size(), 256);
    QCOMPARE(model->count(), 1);
}

// 10,000 updates a second are 167 in a frame of a sixtieth.
void tst_QmlListModel::aFrameIsCheap()
{
    constexpr int Rows = 1000;
    constexpr int Updates = 167;
    QVariantList rows;
    for (int i = 0; i < Rows; ++i)
        rows.append(QVariantMap{{u"id"_s, u"row %1"_s.arg(i)}, {u"a"_s, 0}, {u"b"_s, 0.5}});
    model->setBatchInterval(10000);
    model->reset(js(rows));
    model->flush();
    QCOMPARE(model->count(), Rows);
    QList<double> times; // milliseconds
    int update = 0;
    const auto frame = [&] {
        for (int i = 0; i < Updates; ++i, ++update) {
            model->update(js(QVariantMap{{u"id"_s, u"row %1"_s.arg(update * 7 % Rows)},
                                         {u"a"_s, update},
                                         {u"b"_s, update / 8.0}}));
        }
        QElapsedTimer timer;
        timer.start();
        model->flush();
        times.append(double(timer.nsecsElapsed()) / 1e6);
    };
    while (times.size() < 50)
        frame();
    QBENCHMARK
    {
        frame();
    }
    const auto middle = times.begin() + times.size() / 2;
    std::nth_element(times.begin(), middle, times.end());
    qInfo("%d updates take %.2f ms", Updates, *middle);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(CLANG_SANITIZES)
    QVERIFY2(*middle < 8, qPrintable(QString::number(*middle)));
#endif
    const QVariantMap last = model->get((update - 1) * 7 % Rows);
    QCOMPARE(last.value(u"a"_s).toInt(), update - 1);
}

QTSOCKETIO_TEST(tst_QmlListModel)
#include "tst_qmllistmodel.moc"
