using System.Text.Json;
using Stackmeta.WebConsole;

namespace Stackmeta;

/// <summary>An admin socket as the console asks it: what stops a command is an answer there.</summary>
sealed class ConsoleSocket(AdminClient client) : IAdminSocket
{
    public string Socket => client.Socket;

    public async Task<JsonElement> GetJsonAsync(string target, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetJsonAsync(target, cancellationToken);
        }
        catch (CommandException e)
        {
            throw new ConsoleException(e.Message, e);
        }
    }

    public IAsyncEnumerable<JsonElement> FollowAsync(string target, CancellationToken cancellationToken) =>
        client.FollowAsync(target, cancellationToken);

    public void Dispose() => client.Dispose();
}
