using System.CommandLine;

namespace Stackmeta;

/// <summary>All commands of the program.</summary>
static class CommandTree
{
    public static RootCommand Create()
    {
        var root = new RootCommand(
            "Answers virtual machines that ask http://169.254.169.254 who they are, as OpenStack does."
        );
        var common = new CommonOptions();
        ExampleCommand.ShowIn(root);
        common.AddTo(root);
        root.Subcommands.Add(UpCommand.Create(common));
        root.Subcommands.Add(DownCommand.Create(common));
        foreach (var command in RunCommands.Create(common))
        {
            root.Subcommands.Add(command);
        }
        foreach (var command in InventoryCommands.Create(common))
        {
            root.Subcommands.Add(command);
        }
        root.Subcommands.Add(StatusCommand.Create(common));
        root.Subcommands.Add(RefusalsCommand.Create(common));
        root.Subcommands.Add(TraceCommand.Create(common));
        root.Subcommands.Add(ConsoleCommand.Create(common, InventoryAccess.Of(common)));
        root.Subcommands.Add(SettingsCommand.Create(common));
        root.Subcommands.Add(ConfigDriveCommand.Create(common, ByteOutput.Open));
        root.Subcommands.Add(ExplainCommand.Create(common, InventoryAccess.Of(common)));
        root.Subcommands.Add(GetCommand.Create(common));
        root.Subcommands.Add(SignCommand.Create(common));
        root.Subcommands.Add(ManualCommand.Create());
        root.Subcommands.Add(CompletionCommand.Create());
        root.Options.OfType<VersionOption>().Single().Aliases.Add("-V");
        root.Subcommands.Add(WatchCommand.Create(root));
        NameCompletion.AddTo(InventoryAccess.Of(common), root);
        foreach (var command in HelpCommand.Create(root))
        {
            root.Subcommands.Add(command);
        }
        return root;
    }
}
