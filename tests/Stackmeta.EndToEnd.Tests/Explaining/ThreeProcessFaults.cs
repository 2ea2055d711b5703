namespace Stackmeta.EndToEnd.Tests;

/// <summary>
/// Faults between hops that are processes of their own: the variables of <see cref="OneProcessFaults"/>, and EDGE, AGENT and API, their
/// processes, and APIPORT. <c>serve</c> runs Python that stays, <c>api</c> another API on the port. What was killed is started anew.
/// </summary>
static class ThreeProcessFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new("an edge that is stopped", Finding.ListenerSilent, "kill -STOP $EDGE")
        {
            Heal = "kill -CONT $EDGE",
            Patience = "1",
        },
        new("an agent that is stopped", Finding.AgentSilent, "kill -STOP $AGENT")
        {
            Heal = "kill -CONT $AGENT",
            Patience = "2",
        },
        new("an agent that was killed", Finding.AgentDead, "kill -9 $AGENT; gone $AGENT") { Heal = ":" },
        new("an API that is stopped", Finding.ApiSilent, "kill -STOP $API")
        {
            Heal = "kill -CONT $API",
            Patience = "2",
        },
        new("an API that was killed", Finding.ApiUnreachable, "kill -9 $API; gone $API") { Heal = ":", Patience = "2" },
        new(
            "an API that was killed, and the secret is away",
            Finding.ApiUnreachable,
            "kill -9 $API; gone $API; mv $DATA/secret $DATA/secret.kept"
        )
        {
            Heal = "mv $DATA/secret.kept $DATA/secret",
            Patience = "2",
        },
        new("an API that answers 500", Finding.ApiFailed, "kill -9 $API; gone $API; serve failing-api.py $APIPORT")
        {
            Heal = "ended",
        },
        new(
            "an API with another secret",
            Finding.SignatureRefused,
            "kill -9 $API; gone $API; (umask 077; echo another-secret-of-32-characters-or-so > $DATA/other); "
                + "api --data $DATA --set shared_secret_file=$DATA/other"
        )
        {
            Heal = "ended",
        },
        new(
            "an API on another inventory",
            Finding.RecordMissing,
            "kill -9 $API; gone $API; api --data $DATA/elsewhere --set shared_secret_file=$DATA/secret"
        )
        {
            Heal = "ended",
        },
    ];
}
