// SPDX-License-Identifier: MIT
#ifndef CLUSTERSUITE_H
#define CLUSTERSUITE_H

#include "clusternode.h"

#include <array>
#include <map>
#include <memory>
#include <utility>

// What a server answered to "run".
class Outcome : public QObject
{
public:
    template<typename... Args>
    Outcome(ClusterNode *node, const QString &operation, const QVariantMap &options,
            const Args &...args)
        : Outcome(node, QVariantList{operation, options, QVariant(args)...})
    {
    }
    Outcome(ClusterNode *node, const QVariantList &args);

    QVariant result;
    QString error;
    bool isThere = false;
};

// What works with any adapter for two servers on Qt and one on Node.js in one cluster, and in the
// same way for three on Node.js. A test derives from it, and these functions are run for it.
class ClusterSuite : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void broadcasts_data() { addSenders(); }
    void broadcasts();
    void broadcastsInOrder_data() { addSenders(); }
    void broadcastsInOrder();
    void roomsAndExceptions_data() { addSenders(); }
    void roomsAndExceptions();
    void deepValues_data() { addSenders(); }
    void deepValues();
    void answersOfAllClients_data() { addSenders(); }
    void answersOfAllClients();
    void fetchesSockets_data() { addSenders(); }
    void fetchesSockets();
    void joinsAndLeaves_data() { addSenders(); }
    void joinsAndLeaves();
    void disconnects_data() { addSenders(); }
    void disconnects();
    void serversTalk_data() { addSenders(); }
    void serversTalk();

protected:
    static constexpr int Size = 3;
    static constexpr int NodeJs = Size - 1;
    static constexpr int Patience = 10000;        // ms, for a loaded machine
    using Variant = std::pair<int, const char *>; // number and name

    // The ways in which the servers are joined, each a cluster of its own.
    virtual QList<Variant> variants() const { return {{0, nullptr}}; }
    // Whether all its servers are on Node.js, to see that the test demands what Node.js does.
    virtual bool isNodeAlone(int) const { return false; }
    // Whether all clients get the events of one server in order, whichever server that is.
    virtual bool keepsOrder() const { return false; }
    // Starts the servers of the variant in use. Answers whether all listen.
    virtual bool startServers() = 0;
    void useVariant(int variant) { m_variant = variant; }
    int variant() const { return m_variant; }
    // Makes what is missing, with a new client for each server.
    bool connectClients(const QString &nsp = QStringLiteral("/"));
    bool allKnowEachOther();
    void addSenders() const;
    // How many sockets a server finds in a room; -1 if it does not answer.
    static int inRoom(ClusterNode *from, const QString &room);
    // Whether another server has told a server's namespace of the news.
    static bool hasHeard(ClusterNode *node, const QVariantList &news);
    void stopServers() { m_clusters.erase(m_variant); } // of the variant in use
    void stopAllServers() { m_clusters.clear(); }
    std::array<ClusterNode, Size> &nodes() { return *m_clusters.at(m_variant); }

private:
    int m_variant = 0;
    // By variant: Qt, Qt, Node.js.
    std::map<int, std::unique_ptr<std::array<ClusterNode, Size>>> m_clusters;
};

#endif
