using System.Text.Json;

namespace Stackmeta.WebConsole;

/// <summary>The admin socket of a process that runs (docs/observing.md).</summary>
public interface IAdminSocket : IDisposable
{
    /// <summary>The socket's path.</summary>
    string Socket { get; }

    /// <summary>A JSON document; its status may be any.</summary>
    /// <exception cref="ConsoleException">The process does not answer, or not with JSON.</exception>
    Task<JsonElement> GetJsonAsync(string target, CancellationToken cancellationToken);

    /// <summary>Lines of JSON as they come, until the process ends or the token fires.</summary>
    IAsyncEnumerable<JsonElement> FollowAsync(string target, CancellationToken cancellationToken);
}
