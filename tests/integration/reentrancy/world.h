// SPDX-License-Identifier: MIT
#ifndef REENTRANCY_WORLD_H
#define REENTRANCY_WORLD_H

#include "neighbour.h"

#include <EngineIo/enums.h>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qlist.h>
#include <QtCore/qmetaobject.h>
#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>
#include <QtCore/qset.h>

#include <functional>
#include <memory>

// A place where the library calls the application: a signal, or something with a name of its own.
struct Hook
{
    QByteArray name;
    QByteArray className; // of the signal's; empty: none
    QMetaMethod signal;

    // The signals of a class itself, not of its bases.
    static QList<Hook> signalsOf(const QMetaObject &meta, const QByteArray &className);
    static QList<Hook> named(std::initializer_list<const char *> names);
};

enum class Carrier { Polling, WebSocket, Upgrade };
inline constexpr Carrier AllCarriers[] = {Carrier::Polling, Carrier::WebSocket, Carrier::Upgrade};

// What an application throws in a slot, and how it goes on, which Qt leaves to it: by notify().
struct Thrown
{
};
class CatchingApplication final : public QCoreApplication
{
public:
    using QCoreApplication::QCoreApplication;
    bool notify(QObject *receiver, QEvent *event) override;
    static int caught() { return s_caught; }

private:
    static int s_caught;
};

// One thing that is tried.
struct Combination
{
    Hook hook;
    QByteArray action; // "inside a loop: " in front of it: as a nested event loop runs
    Carrier carrier = Carrier::WebSocket;
    int ioThreads = 0;
    int call = 1; // act at which call of the hook
    int number = 0;

    QByteArray text() const;
    QList<EngineIo::TransportType> transports() const;
};

// Two peers, one next to them who must not be harmed, and a script that makes the library call
// all of its hooks. At the combination's hook it performs the combination's action; then it checks
// that whoever is left goes on as it should.
class World : public QObject
{
    Q_OBJECT

public:
    struct Step
    {
        const char *name;
        std::function<void()> start;
        std::function<bool()> isDone;
    };

    explicit World(const Combination &combination);
    ~World() override;

    // Empty: all is well; else what is wrong.
    QByteArray run();

protected:
    virtual bool build() = 0; // up to the point where the hooks count
    virtual QList<Step> script() = 0;
    virtual void perform(const QByteArray &action, QObject *emitter) = 0;
    virtual QByteArray check() = 0; // after the action
    virtual void tearDown() = 0;
    // What the peers do in a nested event loop.
    virtual void peersSend() = 0;

    const Combination &combination() const { return m_combination; }
    bool wants(const char *hook) const { return m_combination.hook.name == hook; }
    bool wantsSignalOf(const char *className) const
    {
        return m_combination.hook.className == className;
    }
    bool hasActed() const { return m_acted; }
    // Whether the hook is called before what was sent goes out: what it sends goes out first.
    bool isBeforeSending() const
    {
        return wants("Session::packetCreated") || wants("Client::packetCreated")
            || m_combination.hook.name.contains("Outgoing")
            || m_combination.hook.name.startsWith("parser of");
    }

    // All objects of the library that the application sees come by here: their signals are
    // hooked, and in the end none may be left.
    void watch(QObject *object, const QByteArray &className);
    // In each callback.
    void at(const char *hook, QObject *emitter = nullptr);

    // The actions, and each of them again inside a nested event loop. "throw" is performed here.
    static QByteArrayList withLoops(const QByteArrayList &actions);
    static bool waitFor(const std::function<bool()> &condition, int milliseconds = patience());
    // In milliseconds; nothing takes that long when it works.
    static int patience();
    // A nested event loop for as long as another program needs to send and hear twice.
    void loopForAWhile();

    // The context of what the running step waits for: what the steps before waited for does not
    // end it.
    QObject *step() const { return m_step.get(); }

    bool m_armed = false;
    bool m_done = false; // for a step that has to hear of its end; false as it begins

private Q_SLOTS:
    void hookCalled();

private:
    void act(QObject *emitter);
    [[noreturn]] void throwAtOnce();

    const Combination m_combination;
    QList<QPointer<QObject>> m_watched;
    std::unique_ptr<QObject> m_step;
    int m_calls = 0;
    int m_caughtBefore = 0;
    bool m_acted = false;
    bool m_returned = false;
};

#endif
