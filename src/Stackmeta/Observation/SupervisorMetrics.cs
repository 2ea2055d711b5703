using System.Diagnostics.Metrics;
using Stackmeta.Core.Supervision;

namespace Stackmeta;

/// <summary>The loops and background tasks of this process as metrics, each labelled with its name, which is one of few.</summary>
static class SupervisorMetrics
{
    public static void Show(Supervisor supervisor, Meter meter)
    {
        meter.CreateObservableCounter(
            "stackmeta.supervisor.restarts",
            () => All(supervisor, static task => task.Restarts),
            "{restart}",
            "Loops of this process that failed and were started again, by task."
        );
        meter.CreateObservableCounter(
            "stackmeta.supervisor.failures",
            () => All(supervisor, static task => task.Failures),
            "{failure}",
            "Unexpected failures of background work, by task; of a loop, which is started again, and of work that is not repeated."
        );
        meter.CreateObservableGauge(
            "stackmeta.supervisor.down",
            () => All(supervisor, static task => task.Down),
            "{task}",
            "Loops of this process that do not run now and should, by task; while there is one, the process is not ready."
        );
    }

    static IEnumerable<Measurement<long>> All(Supervisor supervisor, Func<SupervisedCount, long> select) =>
        supervisor.Counts.Select(task => new Measurement<long>(
            select(task),
            new KeyValuePair<string, object?>("task", task.Name)
        ));
}
