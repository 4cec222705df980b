// SPDX-License-Identifier: MIT
#include "world.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qtimer.h>

#include <utility>

using namespace Qt::StringLiterals;

namespace {
constexpr QByteArrayView InsideALoop = "inside a loop: ";
}

int CatchingApplication::s_caught = 0;

bool CatchingApplication::notify(QObject *receiver, QEvent *event)
{
    try {
        return QCoreApplication::notify(receiver, event);
    } catch (const Thrown &) {
        ++s_caught;
        return true;
    }
}

QList<Hook> Hook::signalsOf(const QMetaObject &meta, const QByteArray &className)
{
    QList<Hook> hooks;
    for (int i = meta.methodOffset(); i < meta.methodCount(); ++i) {
        const QMetaMethod method = meta.method(i);
        // A clone stands for default arguments.
        if (method.methodType() == QMetaMethod::Signal
            && !(method.attributes() & QMetaMethod::Cloned))
            hooks.append({className + "::" + method.name(), className, method});
    }
    return hooks;
}

QList<Hook> Hook::named(std::initializer_list<const char *> names)
{
    QList<Hook> hooks;
    for (const char *name : names)
        hooks.append({name, {}, {}});
    return hooks;
}

QByteArray Combination::text() const
{
    static const char *const carriers[] = {"polling", "websocket", "upgrade"};
    return hook.name + ", call " + QByteArray::number(call) + ": " + action + " ("
        + carriers[int(carrier)] + ", " + QByteArray::number(ioThreads) + " I/O threads)";
}

QList<EngineIo::TransportType> Combination::transports() const
{
    using EngineIo::TransportType;
    switch (carrier) {
    case Carrier::Polling:
        return {TransportType::Polling};
    case Carrier::WebSocket:
        return {TransportType::WebSocket};
    case Carrier::Upgrade:
        break;
    }
    return {TransportType::Polling, TransportType::WebSocket};
}

World::World(const Combination &combination)
    : m_combination(combination)
{
}

World::~World() = default;

QByteArrayList World::withLoops(const QByteArrayList &actions)
{
    QByteArrayList all = actions;
    for (const QByteArray &action : actions)
        all.append(InsideALoop.toByteArray() + action);
    return all;
}

int World::patience()
{
    static const int given = qEnvironmentVariableIntValue("REENTRANCY_PATIENCE");
    return given > 0 ? given : 15000;
}

// As an application does it: in an event loop, so that deleteLater() means what it means there.
bool World::waitFor(const std::function<bool()> &condition, int milliseconds)
{
    if (condition())
        return true;
    QEventLoop loop;
    QTimer patience;
    patience.setSingleShot(true);
    QObject::connect(&patience, &QTimer::timeout, &loop, &QEventLoop::quit);
    patience.start(milliseconds);
    // All that could be done has been done when the loop is about to wait.
    QObject::connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::aboutToBlock,
                     &loop, [&] {
                         if (condition())
                             loop.quit();
                     });
    QTimer busy; // for a loop that never waits
    QObject::connect(&busy, &QTimer::timeout, &loop, [&] {
        if (condition())
            loop.quit();
    });
    busy.start(5);
    do {
        loop.exec();
    } while (!condition() && patience.isActive());
    return condition();
}

void World::loopForAWhile()
{
    Neighbour *const neighbour = Neighbour::instance();
    for (int i = 0; i < 2; ++i) {
        const int before = neighbour->rounds();
        neighbour->goRound();
        if (!waitFor([&] { return neighbour->rounds() > before; }))
            qFatal("the event loop stands still");
    }
}

void World::watch(QObject *object, const QByteArray &className)
{
    m_watched.append(object);
    if (className.isEmpty() || m_combination.hook.className != className)
        return;
    const QMetaMethod slot = staticMetaObject.method(staticMetaObject.indexOfSlot("hookCalled()"));
    connect(object, m_combination.hook.signal, this, slot, Qt::UniqueConnection);
}

void World::hookCalled()
{
    act(sender());
}

void World::at(const char *hook, QObject *emitter)
{
    if (wants(hook))
        act(emitter);
}

void World::act(QObject *emitter)
{
    if (!m_armed || ++m_calls != m_combination.call)
        return;
    m_acted = true;
    const QPointer<QObject> object = emitter;
    QByteArray action = m_combination.action;
    if (action.startsWith(InsideALoop)) {
        action = action.sliced(InsideALoop.size());
        if (action == "throw") { // once the loop has ended
            peersSend();
            loopForAWhile();
            throwAtOnce();
        }
        QTimer::singleShot(0, this, [this, action, object] {
            peersSend();
            perform(action, object);
        });
        loopForAWhile();
    } else if (action == "throw") {
        throwAtOnce();
    } else {
        perform(action, object);
    }
    m_returned = true;
}

void World::throwAtOnce()
{
    m_returned = true;
    throw Thrown();
}

QByteArray World::run()
{
    if (!waitFor([] { return Neighbour::instance()->isReady(); }))
        return "the neighbour is not ready";
    if (!build())
        return "nothing works before anything has been done";
    m_armed = true;
    m_caughtBefore = CatchingApplication::caught();
    QByteArray step;
    for (const Step &next : script()) {
        step = next.name;
        m_done = false;
        m_step = std::make_unique<QObject>();
        next.start();
        if (!waitFor([&] { return m_acted || next.isDone(); }))
            return "the script stands still at: " + step;
        if (m_acted)
            break;
    }
    // A hook may be called in a turn of the event loop of its own.
    if (!m_acted && !waitFor([this] { return m_acted; }, 1000))
        return "the hook was not called";
    if (!waitFor([this] { return m_returned; }))
        return "the hook did not return";
    const int before = Neighbour::instance()->rounds();
    loopForAWhile();
    if (Neighbour::instance()->rounds() != before + 2)
        return "the neighbour is not well";
    const int thrown = m_combination.action.endsWith("throw") ? 1 : 0;
    if (CatchingApplication::caught() - m_caughtBefore != thrown)
        return "the exception has not come out of the event loop";
    const QByteArray wrong = check();
    if (!wrong.isEmpty())
        return wrong + " (acted at: " + step + ")";
    m_armed = false;
    tearDown();
    if (!waitFor([this] { return m_watched.count(nullptr) == m_watched.size(); })) {
        for (const QPointer<QObject> &object : std::as_const(m_watched)) {
            if (object)
                return QByteArray("never deleted: ") + object->metaObject()->className();
        }
    }
    return {};
}
