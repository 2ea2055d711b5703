using System.CommandLine;
using Stackmeta.Edge;

namespace Stackmeta;

/// <summary><c>stackmeta haproxy</c>: what Neutron's agents run where they mean haproxy.</summary>
static class HaproxyCommand
{
    /// <summary>The link by which Neutron's agents find it.</summary>
    const string Link = "haproxy";

    /// <summary>
    /// The parser takes the program's own name for a word too, and each word must be there once: called through the link, the command is
    /// called otherwise.
    /// </summary>
    public static string Name { get; } = RootCommand.ExecutableName == Link ? "stand-in" : Link;

    public static Command Create(CommonOptions common)
    {
        var command = new ExampleCommand(
            Name,
            "Stand in for the haproxy that Neutron's agents start in a namespace: the running edge listens there.",
            "stackmeta haproxy -f /var/lib/neutron/ns-metadata-proxy/$NETWORK.conf",
            "ln -s /usr/bin/stackmeta /usr/local/sbin/haproxy"
        )
        {
            // haproxy's own options: they are given by programs, in haproxy's form.
            TreatUnmatchedTokensAsErrors = false,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                HaproxyDropIn.RunAsync(
                    parsed.UnmatchedTokens,
                    DropInServer.SocketIn(DataFolder.Of(common.Read(parsed)).DropIns),
                    parsed.InvocationConfiguration.Error,
                    cancellationToken
                )
        );
        return command;
    }

    /// <summary>The arguments, led by the command's name when the program was called through a link named <c>haproxy</c>.</summary>
    /// <param name="called">How the program was called: its first argument, as the kernel has it.</param>
    public static string[] Led(string called, string[] arguments) =>
        Path.GetFileName(called) == Link ? [Name, .. arguments] : arguments;
}
