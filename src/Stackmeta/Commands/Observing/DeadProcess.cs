namespace Stackmeta;

/// <summary>A process that ended without a stop: its admin socket is there, and nobody listens on it.</summary>
/// <param name="Socket">The socket's path.</param>
/// <param name="Name">What it was, for example <c>edge</c>; as it is called on the command line.</param>
sealed record DeadProcess(string Socket, string Name)
{
    const string Prefix = "admin-";

    public static DeadProcess At(string socket)
    {
        var name = Path.GetFileNameWithoutExtension(socket);
        return new(
            socket,
            name == $"{Prefix}privileged" ? "up"
                : name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..]
                : "up"
        );
    }

    public string Sentence => $"'{Name}' is dead: it ended without a stop, and left {Socket}. Start it again.";
}
