using Stackmeta.Core.Supervision;

namespace Stackmeta;

/// <summary>
/// What nobody has seen in spite of all: a task whose failure nobody looked at, which the runtime tells of when it collects it, and an
/// exception that ends the process, which says so before it does.
/// </summary>
sealed class UnseenFailures : IDisposable
{
    readonly Supervisor _supervisor;

    public UnseenFailures(Supervisor supervisor)
    {
        _supervisor = supervisor;
        TaskScheduler.UnobservedTaskException += Unobserved;
        AppDomain.CurrentDomain.UnhandledException += Unhandled;
    }

    void Unobserved(object? sender, UnobservedTaskExceptionEventArgs failure)
    {
        _supervisor.Report("task that nobody waited for", failure.Exception.InnerException ?? failure.Exception);
        failure.SetObserved();
    }

    void Unhandled(object? sender, UnhandledExceptionEventArgs failure)
    {
        if (failure.ExceptionObject is Exception exception)
        {
            _supervisor.Report("process, which ends by it", exception);
        }
    }

    public void Dispose()
    {
        TaskScheduler.UnobservedTaskException -= Unobserved;
        AppDomain.CurrentDomain.UnhandledException -= Unhandled;
    }
}
